import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../config/foundation/log.ts';
import { decodeLuma } from '../../recognizer/picture/decode-luma.ts';
import { encodeVideo } from './av-encode.ts';
import type { Camera } from './camera.ts';
import { numberedFrame, numberedFrames, numberOf } from './numbered-frames.test-data.ts';
import { openCamera } from './open-camera.ts';

let folder = '';
let video = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hazeldonk-video-'));
  video = join(folder, 'road.mp4');
  await encodeVideo(video, numberedFrames(60), { framesPerSecond: 12.5 });
});
afterAll(() => rm(folder, { recursive: true }));

function replay(path: string, options: { loop?: boolean; pace?: 'realtime' | 'fast' } = {}, now = Date.now): Camera {
  return openCamera(
    { kind: 'video', path, pace: 'fast', loop: false, ...options },
    { log: silentLog, name: 'replay', now },
  );
}

async function numbersOf(camera: Camera): Promise<number[]> {
  const numbers: number[] = [];
  for await (const frame of camera.frames(new AbortController().signal)) numbers.push(numberOf(frame.luma));
  return numbers;
}

describe('a video replayed as a camera', () => {
  it('gives every frame with the times of the recording', async () => {
    const camera = replay(video, {}, () => 1_000_000);
    const seen: [number, number][] = [];
    for await (const frame of camera.frames(new AbortController().signal))
      seen.push([numberOf(frame.luma), Math.round(frame.timeMs)]);
    expect(seen).toEqual(Array.from({ length: 60 }, (_, number) => [number, 1_000_000 + number * 80]));
    expect(camera.state).toBe('ended');
  });

  it('keeps frames valid, with their colour picture, after the file was closed', async () => {
    const kept = [];
    for await (const frame of replay(video).frames(new AbortController().signal)) kept.push(frame);
    expect(kept.map(({ luma }) => numberOf(luma))).toEqual(Array.from({ length: 60 }, (_, number) => number));
    expect(numberOf(await decodeLuma(await kept[37]!.toJpeg(80)))).toBe(37);
  });

  it('gives the luma as the encoder was given it', async () => {
    for await (const frame of replay(video).frames(new AbortController().signal)) {
      const sent = numberedFrame(frame.index).data;
      const worst = frame.luma.data.reduce((most, value, at) => Math.max(most, Math.abs(value - sent[at]!)), 0);
      expect(worst).toBeLessThan(8);
    }
  });

  it('begins again in a loop, with times that go on, until it is aborted', async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const times: number[] = [];
    for await (const frame of replay(video, { loop: true }, () => 0).frames(stop.signal)) {
      seen.push(numberOf(frame.luma));
      times.push(frame.timeMs);
      if (frame.index === 130) stop.abort();
    }
    expect(seen).toEqual(Array.from({ length: 131 }, (_, index) => index % 60));
    expect(times.every((timeMs, index) => index === 0 || timeMs > times[index - 1]!)).toBe(true);
  });

  it('ends at once when it is aborted while it keeps the pace', async () => {
    const slow = join(folder, 'slow.mp4');
    await encodeVideo(slow, numberedFrames(3), { framesPerSecond: 0.01 });
    const stop = new AbortController();
    const frames = replay(slow, { pace: 'realtime' }).frames(stop.signal)[Symbol.asyncIterator]();
    await frames.next();
    const second = frames.next();
    setImmediate(() => stop.abort());
    expect((await second).done).toBe(true);
  });

  it('gives what can be decoded of a recording that was cut off', async () => {
    const cut = join(folder, 'cut.h264');
    await encodeVideo(cut, numberedFrames(60), { framesPerSecond: 25 });
    await truncate(cut, Math.floor((await stat(cut)).size / 2));
    const numbers = await numbersOf(replay(cut));
    expect(numbers.length).toBeGreaterThan(10);
    expect(numbers.slice(0, 10)).toEqual(Array.from({ length: 10 }, (_, number) => number));
  });

  it('survives a recording with overwritten bytes', async () => {
    const bytes = await readFile(video);
    for (let at = 200; at < bytes.length; at += 97) bytes[at] = 0xff;
    const broken = join(folder, 'broken.mp4');
    await writeFile(broken, bytes);
    const frames = replay(broken).frames(new AbortController().signal);
    const reading = (async () => {
      for await (const _frame of frames);
    })();
    await reading.catch((error: unknown) => expect(error).toHaveProperty('code'));
  });

  it.each([
    ['that is missing', null, 'camera/unreachable'],
    ['that is empty', '', 'camera/unreachable'],
    ['of text', 'this is no video '.repeat(500), 'camera/unreachable'],
    ['that is a playlist of other addresses', '#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/a.ts\n', 'camera/unreachable'],
  ])('refuses a file %s', async (_which, content, code) => {
    const path = join(folder, 'hostile.mp4');
    await rm(path, { force: true });
    if (content !== null) await writeFile(path, content);
    await expect(numbersOf(replay(path))).rejects.toMatchObject({ code });
  });
});

describe('a video to be written', () => {
  it('refuses to be empty, of frames of different sizes, or in a folder that is missing', async () => {
    const small = { data: new Uint8Array(64 * 64), widthPx: 64, heightPx: 64, strideBytes: 64 };
    const failed = { code: 'video/not-written' };
    await expect(encodeVideo(join(folder, 'a.mp4'), [], { framesPerSecond: 25 })).rejects.toMatchObject(failed);
    const mixed = [numberedFrame(1), small];
    await expect(encodeVideo(join(folder, 'b.mp4'), mixed, { framesPerSecond: 25 })).rejects.toMatchObject(failed);
    const nowhere = encodeVideo('/nowhere/at/all.mp4', [small], { framesPerSecond: 25 });
    await expect(nowhere).rejects.toMatchObject(failed);
  });
});
