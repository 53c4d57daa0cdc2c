import { describe, expect, it } from 'vitest';
import type { Luma } from '../../recognizer/luma.ts';
import { FrameGate } from '../../recognizer/passages/frame-gate.ts';
import { type FoundPlate, Passages } from '../../recognizer/passages/passages.ts';
import { emptyPictures } from '../../recognizer/passages/road.test-data.ts';
import type { Corners, PlateRead } from '../../recognizer/plate.ts';
import type { Frame } from '../cameras/camera.ts';
import { CameraLine } from './camera-line.ts';

const luma: Luma = {
  data: Uint8Array.from({ length: 200 * 100 }, (_, at) => (at % 10 < 5 ? 40 : 180)),
  widthPx: 200,
  heightPx: 100,
  strideBytes: 200,
};
const corners: Corners = [
  [50, 40],
  [130, 40],
  [130, 60],
  [50, 60],
];

function line() {
  const evidence = emptyPictures();
  const reader = {
    readQuads: async (_: Luma, plates: readonly FoundPlate[]) =>
      plates.map((plate) => ({
        corners: plate.corners,
        plateProbability: 1,
        rows: 1 as const,
        spellings: [{ text: '1ABC234', probability: 0.99 }],
        countries: [],
        seen: { spellings: [{ text: '1ABC234', probability: 0.99 }], countries: [] },
      })),
    readAgain: async (_: Luma, read: PlateRead) => read,
  };
  const passages = new Passages(
    {
      camera: 'north',
      lanes: [],
      closeAfterMs: 1000,
      decideAbove: 1,
      maxReads: 4,
      minPlateProbability: 0.5,
      spellings: 64,
      spellingFloor: 1e-6,
    },
    reader,
    evidence,
  );
  return new CameraLine({ gate: new FrameGate(), finder: { detect: async () => [{ corners, score: 1 }] }, passages });
}

async function* frames(...items: (number | null)[]): AsyncGenerator<Frame | null> {
  for (const [index, timeMs] of items.entries()) {
    yield timeMs === null ? null : { luma, timeMs, index, toJpeg: async () => new Uint8Array(1) };
  }
}

async function passagesOf(camera: CameraLine, ...items: (number | null)[]) {
  const all = [];
  for await (const passages of camera.passages(frames(...items))) all.push(...passages);
  return all;
}

describe('the line of a camera', () => {
  it('closes what is open when the frames end', async () => {
    const camera = line();
    expect(await passagesOf(camera, 0, 40, 80)).toMatchObject([{ framesSeen: 3, spellings: [{ text: '1ABC234' }] }]);
    expect(camera.counters).toEqual({ frames: 3, gated: 0, detected: 3, read: 2, fused: 1 });
    expect(camera.stage).toBe('waiting');
  });

  it('closes what is open when the camera falls silent, and gates what does not move', async () => {
    const camera = line();
    const still = Array.from({ length: 25 }, (_, at) => at * 40);
    expect(await passagesOf(camera, ...still, null)).toHaveLength(1);
    expect(camera.counters.gated).toBeGreaterThan(5);
    expect(camera.counters.frames).toBe(25);
  });
});
