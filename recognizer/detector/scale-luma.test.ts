import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Luma } from '../luma.ts';
import { inputLayout } from './input-layout.ts';
import { scaleLuma } from './scale-luma.ts';

const AREA = 640 * 384;

describe("the detector's input", () => {
  it.each([
    [1280, 720, { widthPx: 640, heightPx: 384, pictureWidthPx: 640, pictureHeightPx: 360, factor: 2 }],
    [1920, 1080, { widthPx: 640, heightPx: 384, pictureWidthPx: 640, pictureHeightPx: 360, factor: 3 }],
    [640, 480, { widthPx: 640, heightPx: 480, pictureWidthPx: 640, pictureHeightPx: 480, factor: 1 }],
    [100, 20, { widthPx: 128, heightPx: 32, pictureWidthPx: 100, pictureHeightPx: 20, factor: 1 }],
    [1, 1, { widthPx: 32, heightPx: 32, pictureWidthPx: 1, pictureHeightPx: 1, factor: 1 }],
  ])('of a %d x %d picture', (widthPx, heightPx, layout) => {
    expect(inputLayout(widthPx, heightPx, AREA)).toEqual(layout);
  });

  it('costs about the same for every picture', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8000 }), fc.integer({ min: 1, max: 6000 }), (width, height) => {
        const layout = inputLayout(width, height, AREA);
        expect(layout.pictureWidthPx * layout.pictureHeightPx).toBeLessThanOrEqual(AREA * 1.3);
        expect([layout.widthPx % 32, layout.heightPx % 32]).toEqual([0, 0]);
        expect(layout.pictureWidthPx * layout.factor).toBeLessThanOrEqual(Math.max(width, layout.factor) + 1e-6);
      }),
    );
  });
});

describe('a picture scaled down', () => {
  /** The mean of the exact area, pixel by pixel and share by share. */
  function mean(source: Luma, left: number, top: number, factor: number): number {
    let sum = 0;
    for (let y = Math.floor(top); y < top + factor && y < source.heightPx; y++) {
      for (let x = Math.floor(left); x < left + factor && x < source.widthPx; x++) {
        const across = Math.min(x + 1, left + factor) - Math.max(x, left);
        const down = Math.min(y + 1, top + factor) - Math.max(y, top);
        sum += across * down * source.data[y * source.strideBytes + x]!;
      }
    }
    return sum / factor ** 2;
  }

  it('is the mean of what each pixel covers, whatever the factor and the row padding', () => {
    const picture = fc.record({
      widthPx: fc.integer({ min: 8, max: 40 }),
      heightPx: fc.integer({ min: 8, max: 30 }),
      padding: fc.integer({ min: 0, max: 5 }),
      area: fc.constantFrom(32, 64, 100, 200, 1500),
      seed: fc.integer({ min: 1, max: 1000 }),
    });
    fc.assert(
      fc.property(picture, ({ widthPx, heightPx, padding, area, seed }) => {
        const strideBytes = widthPx + padding;
        const data = new Uint8Array(strideBytes * heightPx).map((_, i) => (i * seed * 37 + (i >> 3) * 91) % 256);
        const source = { data, widthPx, heightPx, strideBytes };
        const layout = inputLayout(widthPx, heightPx, area);
        const target = new Uint8Array(layout.widthPx * layout.heightPx).fill(77);
        scaleLuma(source, layout, target);
        for (let y = 0; y < layout.heightPx; y++) {
          for (let x = 0; x < layout.widthPx; x++) {
            const inside = x < layout.pictureWidthPx && y < layout.pictureHeightPx;
            const expected = inside ? mean(source, x * layout.factor, y * layout.factor, layout.factor) : 77;
            expect(Math.abs(target[y * layout.widthPx + x]! - expected)).toBeLessThan(0.51);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is that mean to the byte where the factor is whole, however picture, rows and target lie in memory', () => {
    const asked = fc.record({
      factor: fc.integer({ min: 2, max: 6 }),
      columns: fc.integer({ min: 1, max: 23 }),
      rows: fc.integer({ min: 1, max: 5 }),
      over: fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })),
      padding: fc.integer({ min: 0, max: 5 }),
      from: fc.constantFrom(0, 0, 4, 1, 3),
      to: fc.constantFrom(0, 0, 4, 2),
      extreme: fc.boolean(),
      seed: fc.integer({ min: 1, max: 1 << 30 }),
    });
    fc.assert(
      fc.property(asked, ({ factor, columns, rows, over, padding, from, to, extreme, seed }) => {
        const [widthPx, heightPx] = [
          columns * factor + Math.min(over[0], factor - 1),
          rows * factor + Math.min(over[1], factor - 1),
        ];
        const strideBytes = padding === 0 ? Math.ceil(widthPx / 4) * 4 : widthPx + padding;
        const memory = new Uint8Array(from + strideBytes * heightPx).map((_, at) => {
          const random = Math.imul(at + seed, 2654435761) >>> 24;
          return extreme ? (random < 250 ? 255 : 254) : random;
        });
        const source = { data: memory.subarray(from), widthPx, heightPx, strideBytes };
        const layout = { widthPx: 32, heightPx: 8, pictureWidthPx: columns, pictureHeightPx: rows, factor };
        const target = new Uint8Array(to + 32 * 8 + 5).fill(77);
        scaleLuma(source, layout, target.subarray(to));
        const expected = new Array<number>(target.length).fill(77);
        for (let y = 0; y < rows; y++)
          for (let x = 0; x < columns; x++)
            expected[to + y * 32 + x] = Math.floor(mean(source, x * factor, y * factor, factor) + 0.5);
        expect([...target]).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});
