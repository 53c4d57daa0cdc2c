import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../config/foundation/log.ts';
import { decodeLuma } from '../../recognizer/picture/decode-luma.ts';
import { mjpegCamera } from '../cameras/mjpeg-camera.ts';
import { startDemoCamera } from './demo-camera.ts';
import { type DemoFrame, demoFrames, renderDemoFrames } from './demo-frames.ts';
import { demoLanes } from './demo-lanes.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-demo-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Every tenth frame: enough to see a vehicle come and go. */
const everyTenth = (index: number): number => index + 10;

test('frames appear in a folder whole, under names that sort, with the truth about them', async () => {
  const truth = await renderDemoFrames(folder, { scene: 'day', seconds: 0.4 });
  expect(readdirSync(folder).sort()).toEqual(Array.from({ length: 5 }, (_, i) => `frame-00000${i}.jpg`));
  const picture = await decodeLuma(readFileSync(join(folder, 'frame-000004.jpg')));
  expect([picture.widthPx, picture.heightPx]).toEqual([truth.widthPx, truth.heightPx]);
  expect(truth.frames).toBe(5);
});

test('an aborted rendering stops between frames and leaves no half file', async () => {
  const stop = new AbortController();
  const truth = await renderDemoFrames(folder, {
    scene: 'night',
    seconds: 10,
    signal: stop.signal,
    onFrame: ({ index }) => index === 1 && stop.abort(),
  });
  expect(truth.frames).toBe(2);
  expect(readdirSync(folder)).toHaveLength(2);
});

test('the same scene is drawn the same, grain and all', async () => {
  const first = async (): Promise<Buffer> => {
    for await (const { jpeg } of demoFrames({ scene: 'night', seconds: 4 })) return Buffer.from(jpeg);
    return Buffer.alloc(0);
  };
  expect((await first()).equals(await first())).toBe(true);
});

test('plates are large enough to be read, upright, inside of the picture and in a lane', async () => {
  const seen: DemoFrame['plates'][number][] = [];
  for await (const { plates } of demoFrames({ scene: 'day', seconds: 8, next: everyTenth })) seen.push(...plates);
  expect(seen.length).toBeGreaterThan(3);
  for (const { corners, vehicle } of seen) {
    const [topLeft, topRight, bottomRight, bottomLeft] = corners as [number, number][];
    const width = topRight![0] - topLeft![0];
    expect(width).toBeGreaterThan(40);
    expect(width).toBeLessThan(150);
    expect(bottomRight![1]).toBeGreaterThan(topRight![1]);
    expect((bottomLeft![1] - topLeft![1]) / width).toBeCloseTo(110 / 520, 1);
    const lane = demoLanes().find(({ name }) => name === vehicle.lane);
    expect(inside(lane?.polygon ?? [], (topLeft![0] + topRight![0]) / 2, topLeft![1])).toBe(true);
  }
});

test('at night plates shine and the road does not', async () => {
  for await (const { jpeg, plates } of demoFrames({ scene: 'night', seconds: 4, next: everyTenth })) {
    const { data, strideBytes } = await decodeLuma(jpeg);
    expect(data[600 * strideBytes + 640]).toBeLessThan(90);
    for (const { corners } of plates) {
      const [topLeft, , bottomRight] = corners as [number, number][];
      const row = Math.round((topLeft![1] + bottomRight![1]) / 2) * strideBytes;
      const across = data.subarray(row + Math.ceil(topLeft![0]), row + Math.floor(bottomRight![0]));
      expect(Math.max(...across)).toBeGreaterThan(190);
    }
  }
});

test('the demo camera shows its acts as Motion JPEG from the moment that somebody watches', async () => {
  const stop = new AbortController();
  const acts: string[] = [];
  const demo = await startDemoCamera({
    acts: [
      { scene: 'day', seconds: 0.3 },
      { scene: 'night', seconds: 0.3 },
    ],
    signal: stop.signal,
    onAct: ({ scene }) => acts.push(scene),
  });
  const over = demo.play();
  const camera = mjpegCamera({ kind: 'mjpeg', url: demo.url }, { name: 'demo', log: silentLog });
  const watched = (async (): Promise<number> => {
    for await (const frame of camera.frames(stop.signal)) return frame.luma.widthPx;
    return 0;
  })();
  expect(await watched).toBe(1280);
  await over;
  stop.abort();
  await demo.close();
  expect(acts).toEqual(['day', 'night']);
  expect(demo.framesSent()).toBeGreaterThan(1);
});

test('a demo that is stopped before anybody watches ends at once', async () => {
  const stop = new AbortController();
  const demo = await startDemoCamera({ acts: [{ scene: 'day', seconds: 5 }], signal: stop.signal });
  const over = demo.play();
  stop.abort();
  await over;
  await demo.close();
  expect(demo.framesSent()).toBe(0);
});

/** Even-odd rule. */
function inside(polygon: readonly (readonly [number, number])[], x: number, y: number): boolean {
  let within = false;
  for (let i = 0; i < polygon.length; i++) {
    const [ax, ay] = polygon[i]!;
    const [bx, by] = polygon[(i + 1) % polygon.length]!;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
  }
  return within;
}
