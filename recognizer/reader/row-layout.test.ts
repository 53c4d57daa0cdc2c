import { describe, expect, it } from 'vitest';
import type { Corners } from '../plate.ts';
import { CROP_BYTES, possibleRows, rowsSideBySide } from './row-layout.ts';

describe('the rows of a plate', () => {
  it.each([
    [520, 110, [1]],
    [340, 220, [2]],
    [240, 130, [2]],
    [230, 100, [1, 2]],
  ])('of %d x %d', (width, height, rows) => {
    const turn = ([x, y]: [number, number]): [number, number] => [x * 0.9 - y * 0.44, x * 0.44 + y * 0.9];
    const quad: Corners = [turn([0, 0]), turn([width, 0]), turn([width, height]), turn([0, height])];
    expect(possibleRows(quad)).toEqual(rows);
  });

  it('of two are put side by side, the upper to the left', () => {
    const plate = new Uint8Array(80 * 64).map((_, i) => (i < 80 * 32 ? 1 : 2));
    const crops = new Uint8Array(2 * CROP_BYTES);
    rowsSideBySide(plate, crops, CROP_BYTES);
    expect(crops.subarray(0, CROP_BYTES).every((value) => value === 0)).toBe(true);
    for (let i = 0; i < CROP_BYTES; i++) expect(crops[CROP_BYTES + i]).toBe(i % 160 < 80 ? 1 : 2);
  });
});
