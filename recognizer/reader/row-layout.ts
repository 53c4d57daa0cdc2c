import type { Corners } from '../plate.ts';
import { quadSize } from '../rectifier/rectify.ts';

/** Sizes of the reader's input, and of a two-row plate before its halves are put side by side. */
export const CROP_WIDTH_PX = 160;
export const CROP_HEIGHT_PX = 32;
export const CROP_BYTES = CROP_WIDTH_PX * CROP_HEIGHT_PX;
export const TWO_ROW_WIDTH_PX = CROP_WIDTH_PX / 2;
export const TWO_ROW_HEIGHT_PX = CROP_HEIGHT_PX * 2;

export type Rows = 1 | 2;

/** One-row plates are 3 to 5 times as wide as high, two-row plates up to 1.8; between them only reading tells. */
const SURELY_ONE_ROW = 2.8;
const SURELY_TWO_ROWS = 1.9;

/** In how many rows a plate of this shape may be written. */
export function possibleRows(quad: Corners): readonly Rows[] {
  const { widthPx, heightPx } = quadSize(quad);
  const aspect = widthPx / Math.max(heightPx, 1);
  if (aspect > SURELY_ONE_ROW) return [1];
  return aspect < SURELY_TWO_ROWS ? [2] : [1, 2];
}

/** Puts the lower half of an 80 x 64 plate to the right of the upper half, as one crop of 160 x 32. */
export function rowsSideBySide(plate: Uint8Array, crops: Uint8Array, offset: number): void {
  for (let y = 0; y < TWO_ROW_HEIGHT_PX; y++) {
    const half = y < CROP_HEIGHT_PX ? 0 : TWO_ROW_WIDTH_PX;
    const to = offset + (y % CROP_HEIGHT_PX) * CROP_WIDTH_PX + half;
    crops.set(plate.subarray(y * TWO_ROW_WIDTH_PX, (y + 1) * TWO_ROW_WIDTH_PX), to);
  }
}
