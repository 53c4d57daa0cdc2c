import { describe, expect, it } from 'vitest';
import { FrameGate } from './frame-gate.ts';

const WIDTH = 320;
const HEIGHT = 180;

/** The same road each time: texture, sensor noise that depends on the frame, a restless tree, and what the test puts on it. */
function road(frame: number, brighter = 0, car?: { x: number; y: number; size: number }) {
  let seed = frame * 7919 + 1;
  const noise = () => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return (seed >> 16) % 7;
  };
  const data = new Uint8Array(WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const tree = x < 30 && y < 30 ? ((x + frame * 13) % 17) * 4 : 0;
      const onCar = car !== undefined && Math.abs(x - car.x) < car.size && Math.abs(y - car.y) < car.size;
      data[y * WIDTH + x] = 60 + ((x >> 4) % 5) * 12 + noise() + tree + brighter + (onCar ? 50 : 0);
    }
  }
  return { data, widthPx: WIDTH, heightPx: HEIGHT, strideBytes: WIDTH };
}

/** A gate that has watched an empty road for `frames` frames at 25 a second. */
function watched(frames: number, options: ConstructorParameters<typeof FrameGate>[0] = {}) {
  const gate = new FrameGate({ probeEveryMs: Number.POSITIVE_INFINITY, ...options });
  let open = 0;
  for (let frame = 0; frame < frames; frame++) if (gate.opens(road(frame), frame * 40)) open++;
  return { gate, open };
}

describe('the frame gate', () => {
  it('is closed on a still road with sensor noise and a tree in the wind, once it has seen it for a while', () => {
    const { gate } = watched(150);
    let open = 0;
    for (let frame = 150; frame < 250; frame++) if (gate.opens(road(frame), frame * 40)) open++;
    expect(open).toBe(0);
  });

  it('opens at once for a vehicle, even a distant one, and stays open a moment after it', () => {
    const { gate } = watched(150);
    expect(gate.opens(road(151, 0, { x: 150, y: 90, size: 8 }), 151 * 40)).toBe(true);
    expect(gate.opens(road(152), 151 * 40 + 350)).toBe(true);
    expect(gate.opens(road(153), 151 * 40 + 800)).toBe(false);
  });

  it('does not open when a cloud makes everything brighter', () => {
    const { gate } = watched(150);
    let open = 0;
    for (let frame = 150; frame < 200; frame++)
      if (gate.opens(road(frame, Math.min(25, (frame - 150) * 2)), frame * 40)) open++;
    expect(open).toBe(0);
  });

  it('does not open for motion outside the region of interest', () => {
    const { gate } = watched(150, {
      regionOfInterest: [
        [160, 0],
        [320, 0],
        [320, 180],
        [160, 180],
      ],
    });
    expect(gate.opens(road(151, 0, { x: 70, y: 90, size: 20 }), 151 * 40)).toBe(false);
    expect(gate.opens(road(152, 0, { x: 250, y: 90, size: 20 }), 152 * 40)).toBe(true);
  });

  it('looks at a still road now and then all the same', () => {
    const { gate } = watched(150, { probeEveryMs: 2000 });
    let open = 0;
    for (let frame = 150; frame < 400; frame++) if (gate.opens(road(frame), frame * 40)) open++;
    expect(open).toBe(5);
  });

  it('opens for every picture of an album, begins anew at another size, and survives a clock that steps back', () => {
    const gate = new FrameGate();
    for (let frame = 0; frame < 10; frame++)
      expect(gate.opens(road(frame * 50, frame * 9, { x: frame * 30, y: 50, size: 25 }), frame * 1000)).toBe(true);
    expect(gate.opens({ data: new Uint8Array(12), widthPx: 4, heightPx: 3, strideBytes: 4 }, 99_000)).toBe(true);
    expect(gate.opens({ data: new Uint8Array(12), widthPx: 4, heightPx: 3, strideBytes: 4 }, 5)).toBe(true);
  });
});
