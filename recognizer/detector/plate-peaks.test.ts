import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Corners } from '../plate.ts';
import { platePeaks } from './plate-peaks.ts';
import { isConvex, quadArea, quadOverlap } from './quad-overlap.ts';

function box(x: number, y: number, width: number, height: number): Corners {
  return [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ];
}

describe('the overlap of two quadrilaterals', () => {
  it.each([
    ['the same box', box(0, 0, 10, 4), box(0, 0, 10, 4), 1],
    ['half of it', box(0, 0, 10, 4), box(5, 0, 10, 4), 1 / 3],
    ['a box inside', box(0, 0, 10, 10), box(2, 2, 5, 5), 0.25],
    ['boxes apart', box(0, 0, 10, 4), box(11, 0, 10, 4), 0],
    ['a box without area', box(0, 0, 10, 4), box(2, 2, 0, 0), 0],
    // The diamond inside a square has half its area.
    [
      'a diamond in a square',
      box(0, 0, 2, 2),
      [
        [1, 0],
        [2, 1],
        [1, 2],
        [0, 1],
      ] as Corners,
      0.5,
    ],
  ])('of %s', (_what, a, b, expected) => {
    expect(quadOverlap(a, b)).toBeCloseTo(expected, 9);
  });

  it('is the same both ways and never outside 0 to 1', () => {
    const quad = fc
      .tuple(
        ...Array.from({ length: 4 }, () => fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }))),
      )
      .map((points) => points as unknown as Corners)
      .filter((corners) => isConvex(corners) && quadArea(corners) > 1);
    fc.assert(
      fc.property(quad, quad, (a, b) => {
        const overlap = quadOverlap(a, b);
        expect(overlap).toBeCloseTo(quadOverlap(b, a), 9);
        expect(overlap).toBeGreaterThanOrEqual(0);
        expect(overlap).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });
});

describe("plates in the detector's maps", () => {
  const columns = 20;
  const rows = 12;

  /** Maps with a plate of 40 x 16 input pixels around each given cell. */
  function mapsWith(cells: readonly { column: number; row: number; score: number }[]) {
    const plane = columns * rows;
    const data = new Float32Array(9 * plane);
    for (const { column, row, score } of cells) {
      const cell = row * columns + column;
      data[cell] = score;
      for (const [i, offset] of [-2.5, -1, 2.5, -1, 2.5, 1, -2.5, 1].entries()) data[(1 + i) * plane + cell] = offset;
    }
    return { data, columns, rows, stridePx: 8 };
  }

  it('have their corners around the centre of their cell, counted from where pixels begin', () => {
    const [plate, ...others] = platePeaks(mapsWith([{ column: 4, row: 3, score: 0.75 }]), 0.3);
    expect(others).toEqual([]);
    expect(plate).toEqual({ corners: box(16.5, 20.5, 40, 16), score: 0.75 });
  });

  it('come best first, without the lesser of two that are one', () => {
    const cells = [
      { column: 4, row: 3, score: 0.5 },
      { column: 6, row: 3, score: 0.7 },
      { column: 15, row: 9, score: 0.9 },
    ];
    expect(platePeaks(mapsWith(cells), 0.3).map(({ score }) => Math.round(score * 10))).toEqual([9, 7]);
  });

  it('are one plate where two neighbours are equally sure', () => {
    const cells = [
      { column: 4, row: 3, score: 0.5 },
      { column: 5, row: 3, score: 0.5 },
    ];
    expect(platePeaks(mapsWith(cells), 0.3).length).toBe(1);
  });

  it('are none below the threshold, without corners, or where the numbers are not numbers', () => {
    expect(platePeaks(mapsWith([{ column: 4, row: 3, score: 0.2 }]), 0.3)).toEqual([]);
    const flat = mapsWith([]);
    flat.data[25] = 0.9;
    expect(platePeaks(flat, 0.3)).toEqual([]);
    const broken = mapsWith([{ column: 4, row: 3, score: 0.9 }]);
    broken.data.fill(Number.NaN, columns * rows);
    expect(platePeaks(broken, 0.3)).toEqual([]);
  });
});
