import { describe, expect, it } from 'vitest';
import { scaleWords } from './scale-words.ts';

function columnsWritten({ factor = 2, columns = 10, from = 0, to = 0, padding = 0 }): number {
  const widthPx = columns * factor;
  const strideBytes = Math.ceil(widthPx / 4) * 4 + padding;
  const data = new Uint8Array(from + strideBytes * factor).fill(200).subarray(from);
  const layout = { widthPx: 32, heightPx: 1, pictureWidthPx: columns, pictureHeightPx: 1, factor };
  const target = new Uint8Array(to + 32).subarray(to);
  const done = scaleWords({ data, widthPx, heightPx: factor, strideBytes }, layout, target);
  expect([...target]).toEqual([...new Array(done).fill(200), ...new Array(32 - done).fill(0)]);
  return done;
}

describe('scaling four pixels at once', () => {
  it('writes all columns but fewer than four', () => {
    for (const factor of [2, 3, 4])
      expect([3, 4, 10, 32].map((columns) => columnsWritten({ factor, columns }))).toEqual([0, 4, 8, 32]);
  });

  it('writes none where picture, rows or target begin within a word, nor by another factor', () => {
    expect(columnsWritten({ from: 4, to: 4, padding: 8 })).toBe(8);
    for (const within of [{ from: 1 }, { to: 2 }, { padding: 3 }, { factor: 5 }, { factor: 6 }])
      expect(columnsWritten(within)).toBe(0);
  });
});
