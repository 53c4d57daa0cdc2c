import { describe, expect, it } from 'vitest';
import type { Luma } from '../luma.ts';
import type { Corners } from '../plate.ts';
import { INPUT_BYTES, ReaderInput } from './reader-input.ts';
import { CROP_BYTES } from './row-layout.ts';

const NO_GROWTH = { x: 0, y: 0 };

/** A picture whose brightness is its column, 0 to 199, with a plate that fills it. */
function ramp(heightPx: number): { readonly luma: Luma; readonly corners: Corners } {
  const data = new Uint8Array(200 * heightPx).map((_, i) => i % 200);
  const corners: Corners = [
    [-0.5, -0.5],
    [199.5, -0.5],
    [199.5, heightPx - 0.5],
    [-0.5, heightPx - 0.5],
  ];
  return { luma: { data, widthPx: 200, heightPx, strideBytes: 200 }, corners };
}

/** A row of both ends as they lie behind the crop. */
function endsRow(inputs: Uint8Array, offset: number, row: number): Uint8Array {
  const from = offset + CROP_BYTES + row * 64;
  return inputs.subarray(from, from + 64);
}

describe('what the reader takes of a plate', () => {
  it.each([
    [1, 40, 0.2, 0.13],
    [2, 120, 0.34, 0.22],
  ] as const)('in %d row(s) shows the ends at their own scale', (rows, heightPx, left, right) => {
    const { luma, corners } = ramp(heightPx);
    const inputs = new Uint8Array(2 * INPUT_BYTES);
    new ReaderInput().write(luma, { corners, growth: NO_GROWTH, rows }, inputs, INPUT_BYTES);
    for (const row of [0, 20, 47]) {
      const ends = endsRow(inputs, INPUT_BYTES, row);
      const shown = (at: number, from: number, to: number, pixels: number) =>
        200 * (from + ((at + 0.5) / pixels) * (to - from)) - 0.5;
      for (const at of [0, 17, 39]) expect(Math.abs(ends[at]! - shown(at, 0, left, 40))).toBeLessThanOrEqual(1);
      for (const at of [0, 11, 23])
        expect(Math.abs(ends[40 + at]! - shown(at, 1 - right, 1, 24))).toBeLessThanOrEqual(1);
    }
    expect(inputs.subarray(0, INPUT_BYTES).every((value) => value === 0)).toBe(true);
  });

  it('is left nowhere else: the two rows are gone once they are side by side', () => {
    const copied: Uint8Array[] = [];
    class Inputs extends Uint8Array {
      override set(values: Uint8Array, offset?: number): void {
        copied.push(values);
        super.set(values, offset);
      }
    }
    const { luma, corners } = ramp(120);
    const inputs = new Inputs(INPUT_BYTES);
    new ReaderInput().write(luma, { corners, growth: NO_GROWTH, rows: 2 }, inputs, 0);
    expect(inputs.some((value) => value > 0)).toBe(true);
    expect(copied).toHaveLength(64);
    expect(copied.every((row) => row.every((value) => value === 0))).toBe(true);
  });

  it('puts the halves of two rows side by side', () => {
    const data = new Uint8Array(100 * 80).map((_, i) => (i < 100 * 40 ? 50 : 150));
    const corners: Corners = [
      [-0.5, -0.5],
      [99.5, -0.5],
      [99.5, 79.5],
      [-0.5, 79.5],
    ];
    const luma = { data, widthPx: 100, heightPx: 80, strideBytes: 100 };
    const inputs = new Uint8Array(INPUT_BYTES);
    new ReaderInput().write(luma, { corners, growth: NO_GROWTH, rows: 2 }, inputs, 0);
    expect([inputs[10 * 160 + 20], inputs[10 * 160 + 140]]).toEqual([50, 150]);
  });
});
