import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalisePixels } from './normalised-pixels.ts';

const step = 0.02;

function normalised(pixels: readonly number[], widthPx: number, before = 0): Uint8Array {
  const data = Uint8Array.from([...new Array<number>(before).fill(7), ...pixels]);
  const target = new Uint8Array(pixels.length);
  normalisePixels({ data, offset: before, widthPx, heightPx: pixels.length / widthPx }, step, target);
  return target;
}

describe('pixels for the reader', () => {
  it('have their mean at 128, and what the deviation and a little more tells from it', () => {
    const [dark, bright] = normalised([50, 150, 50, 150], 2);
    const steps = Math.round(50 / (50 + 6) / step);
    expect([dark, bright]).toEqual([128 - steps, 128 + steps]);
  });

  it('come place by place, the four of every 2 x 2 behind one another', () => {
    const [black, dark, bright, white] = [0, 80, 160, 240];
    const left = normalised([black, dark, black, dark, bright, white, bright, white], 4);
    expect([...left.subarray(0, 4)]).toEqual([...left.subarray(4)]);
    expect([...left.subarray(0, 4)]).toEqual([...new Set(left)].sort((a, b) => a - b));
    const turned = normalised([white, bright, dark, black], 2);
    expect([...turned]).toEqual([...left.subarray(0, 4)].reverse());
  });

  it('are the same in twice the light', () => {
    const dim = Array.from({ length: 64 }, (_, at) => 20 + ((at * 37) % 100));
    const shifted = normalised(
      dim.map((value) => value + 100),
      8,
    );
    expect(normalised(dim, 8)).toEqual(shifted);
  });

  it('are even where nothing is to be seen', () => {
    expect(new Set(normalised(new Array(16).fill(200), 4))).toEqual(new Set([128]));
  });

  it('are the same wherever in memory they stand', () => {
    expect(normalised([0, 255, 0, 255], 2, 3)).toEqual(normalised([0, 255, 0, 255], 2));
  });

  it('are pixel by pixel what their mean and deviation make of them, wherever they stand and wherever they go', () => {
    const asked = fc.record({
      halfWidth: fc.integer({ min: 1, max: 20 }),
      halfHeight: fc.integer({ min: 1, max: 12 }),
      offset: fc.integer({ min: 0, max: 9 }),
      to: fc.integer({ min: 0, max: 9 }),
      stepOf: fc.double({ min: 0.01, max: 0.2, noNaN: true }),
      darkest: fc.integer({ min: 0, max: 255 }),
      levels: fc.integer({ min: 1, max: 256 }),
      seed: fc.integer({ min: 1, max: 1 << 30 }),
    });
    fc.assert(
      fc.property(asked, ({ halfWidth, halfHeight, offset, to, stepOf, darkest, levels, seed }) => {
        const [widthPx, heightPx] = [2 * halfWidth, 2 * halfHeight];
        const count = widthPx * heightPx;
        const data = new Uint8Array(offset + count + 3).map(
          (_, at) => darkest + ((Math.imul(at + seed, 2654435761) >>> 16) % levels),
        );
        const memory = new Uint8Array(to + count + 7).fill(7);
        normalisePixels({ data, offset, widthPx, heightPx }, stepOf, memory.subarray(to));
        const pixels = [...data.subarray(offset, offset + count)];
        const mean = pixels.reduce((sum, value) => sum + value, 0) / count;
        const meanSquare = pixels.reduce((sum, value) => sum + value * value, 0) / count;
        const deviation = Math.sqrt(Math.max(0, meanSquare - mean * mean)) + 6;
        const expected = new Array<number>(memory.length).fill(7);
        for (const [at, value] of pixels.entries()) {
          const [x, y] = [at % widthPx, Math.floor(at / widthPx)];
          const place = Math.floor(y / 2) * halfWidth + Math.floor(x / 2);
          const steps = Math.round((value - mean) / deviation / stepOf);
          expected[to + 4 * place + 2 * (y % 2) + (x % 2)] = Math.min(255, Math.max(0, 128 + steps));
        }
        expect([...memory]).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});
