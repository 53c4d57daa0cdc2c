import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Luma } from '../luma.ts';
import type { Corners } from '../plate.ts';
import { leaning, leanOf } from './slant.ts';

const OUTLINE: Corners = [
  [20, 10],
  [179, 10],
  [179, 43],
  [20, 43],
];

/** Dark strokes at uneven distances on a light ground, their tops so far to the right of their bottoms, in heights of the outline. */
function strokes(lean: number): Luma {
  const [widthPx, heightPx] = [200, 54];
  const data = new Uint8Array(widthPx * heightPx).fill(200);
  for (const at of [30, 41, 60, 66, 88, 101, 125, 131, 150, 166])
    for (let y = 10; y < 44; y++) {
      const x = Math.round(at - lean * (y - 26.5));
      for (let stroke = 0; stroke < 4; stroke++) data[y * widthPx + x + stroke] = 30;
    }
  return { data, widthPx, heightPx, strideBytes: widthPx };
}

describe('the lean of a plate', () => {
  it('is what its strokes lean', () => {
    fc.assert(
      fc.property(fc.double({ min: -0.55, max: 0.55, noNaN: true }), (lean) => {
        expect(Math.abs(leanOf(strokes(lean), OUTLINE) - lean)).toBeLessThan(0.06);
      }),
      { numRuns: 40 },
    );
  });

  it('is gone within an outline that leans as they do', () => {
    for (const lean of [-0.5, -0.25, 0.3, 0.5])
      expect(Math.abs(leanOf(strokes(lean), leaning(OUTLINE, lean)))).toBeLessThan(0.06);
  });

  it('is nothing where nothing is seen', () => {
    const blank: Luma = { data: new Uint8Array(200 * 54).fill(90), widthPx: 200, heightPx: 54, strideBytes: 200 };
    expect(leanOf(blank, OUTLINE)).toBe(0);
  });
});
