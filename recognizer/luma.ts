/** A luminance picture: one byte a pixel, rows `strideBytes` apart. The decoder's Y plane fits without a copy. */
export interface Luma {
  readonly data: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly strideBytes: number;
}
