import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { silentLog } from '../../../config/foundation/log.ts';
import { encodeLumaJpeg } from '../../../recognizer/picture/encode-jpeg.ts';
import { openCamera } from '../../cameras/open-camera.ts';
import { playFilms } from './latency-films.ts';
import type { FromFilms } from './latency-messages.ts';

it('plays each film again and again to its own viewer, and notes when each frame went out', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-films-'));
  const stop = new AbortController();
  try {
    const grey = { data: new Uint8Array(64 * 48).fill(90), widthPx: 64, heightPx: 48, strideBytes: 64 };
    const picture = await encodeLumaJpeg(grey, 80);
    const films = [0, 1].map((film) => [0, 1, 2].map((frame) => join(folder, `${film}-${frame}.jpg`)));
    for (const file of films.flat()) writeFileSync(file, picture);
    let listening: (urls: readonly string[]) => void = () => undefined;
    const urls = new Promise<readonly string[]>((resolve) => {
      listening = resolve;
    });
    const told: FromFilms[] = [];
    const playing = playFilms(
      { films, framesPerSecond: 50 },
      (message) => {
        told.push(message);
        if (message.tell === 'listening') listening(message.urls);
      },
      stop.signal,
    );
    const camera = openCamera({ kind: 'mjpeg', url: (await urls)[1] ?? '' }, { log: silentLog, name: 'one' });
    let seen = 0;
    for await (const _ of camera.frames(stop.signal)) if (++seen === 5) break;
    stop.abort();
    await playing;
    const played = told.find((message) => message.tell === 'played');
    expect(played?.records[0]?.sentMs).toEqual([]);
    expect(played?.records[1]?.sentMs.length).toBeGreaterThanOrEqual(5);
    expect(played?.records[1]?.sentMs).toEqual(played?.records[1]?.sentMs.toSorted((a, b) => a - b));
  } finally {
    stop.abort();
    rmSync(folder, { recursive: true });
  }
});
