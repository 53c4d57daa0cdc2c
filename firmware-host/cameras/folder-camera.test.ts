import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../config/foundation/log.ts';
import { decodeLuma } from '../../recognizer/picture/decode-luma.ts';
import { encodeLumaJpeg } from '../../recognizer/picture/encode-jpeg.ts';
import type { Camera } from './camera.ts';
import { numberedFrame, numberOf } from './numbered-frames.test-data.ts';
import { openCamera } from './open-camera.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hazeldonk-folder-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function writePictures(count: number): Promise<void> {
  for (let number = 0; number < count; number++)
    await writeFile(join(folder, `frame-${number}.jpg`), await encodeLumaJpeg(numberedFrame(number), 90));
}

function replay(
  options: { loop?: boolean; pace?: 'realtime' | 'fast'; path?: string },
  log = silentLog,
  now = Date.now,
): Camera {
  const source = { kind: 'folder', path: folder, framesPerSecond: 25, loop: false, pace: 'fast', ...options } as const;
  return openCamera(source, { log, name: 'replay', now });
}

describe('a folder replayed as a camera', () => {
  it('gives its pictures in the order of their numbers, at the distance of the frame rate', async () => {
    await writePictures(12);
    const camera = replay({}, silentLog, () => 1_000_000);
    const seen: [number, number][] = [];
    for await (const frame of camera.frames(new AbortController().signal))
      seen.push([numberOf(frame.luma), frame.timeMs]);
    expect(seen).toEqual(Array.from({ length: 12 }, (_, number) => [number, 1_000_000 + number * 40]));
    expect(camera.state).toBe('ended');
  });

  it('keeps each frame valid after later ones were read', async () => {
    await writePictures(4);
    const kept = [];
    for await (const frame of replay({}).frames(new AbortController().signal)) kept.push(frame);
    expect(kept.map((frame) => numberOf(frame.luma))).toEqual([0, 1, 2, 3]);
    expect(numberOf(await decodeLuma(await kept[2]!.toJpeg(80)))).toBe(2);
  });

  it('skips broken pictures and says how many', async () => {
    await writePictures(3);
    await truncate(join(folder, 'frame-1.jpg'), 600);
    await writeFile(join(folder, 'frame-3.jpg'), 'not a picture');
    await writeFile(join(folder, 'frame-4.png'), '');
    await writeFile(join(folder, 'notes.txt'), 'not even called one');
    const events: unknown[] = [];
    const log = { event: (...event: unknown[]) => void events.push(event) };
    const seen: number[] = [];
    for await (const frame of replay({}, log).frames(new AbortController().signal)) seen.push(numberOf(frame.luma));
    expect(seen).toEqual([0, 2]);
    expect(events).toEqual([['warn', 'camera/pictures-skipped', { camera: 'replay', skipped: 3, frames: 2 }]]);
  });

  it('begins again in a loop until it is aborted, with times that go on', async () => {
    await writePictures(2);
    const stop = new AbortController();
    const seen: number[] = [];
    for await (const frame of replay({ loop: true }, silentLog, () => 0).frames(stop.signal)) {
      seen.push(numberOf(frame.luma), frame.timeMs);
      if (frame.index === 4) stop.abort();
    }
    expect(seen).toEqual([0, 0, 1, 40, 0, 80, 1, 120, 0, 160]);
  });

  it('ends at once when it is aborted while it keeps the pace', async () => {
    await writePictures(2);
    const stop = new AbortController();
    const source = { kind: 'folder', path: folder, framesPerSecond: 0.001, loop: false, pace: 'realtime' } as const;
    const frames = openCamera(source, { log: silentLog, name: 'slow' }).frames(stop.signal)[Symbol.asyncIterator]();
    await frames.next();
    const second = frames.next();
    setImmediate(() => stop.abort());
    expect((await second).done).toBe(true);
  });

  it.each([
    [
      'of broken pictures only, even in a loop',
      async () => writeFile(join(folder, 'a.jpg'), 'x'),
      {},
      'camera/no-pictures',
    ],
    ['without pictures', async () => undefined, {}, 'camera/no-pictures'],
    ['that is missing', async () => undefined, { path: '/nowhere/at/all' }, 'camera/unreadable-folder'],
  ])('refuses a folder %s', async (_which, prepare, options, code) => {
    await prepare();
    const frames = replay({ loop: true, ...options })
      .frames(new AbortController().signal)
      [Symbol.asyncIterator]();
    await expect(frames.next()).rejects.toMatchObject({ code });
  });
});
