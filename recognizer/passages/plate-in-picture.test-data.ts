import type { Luma } from '../luma.ts';
import type { Corners } from '../plate.ts';

/** Rows longer than the picture is wide, as a decoder pads them. */
export const luma: Luma = {
  data: Uint8Array.from({ length: 100 * 60 }, (_, at) => at % 251),
  widthPx: 90,
  heightPx: 60,
  strideBytes: 100,
};
/** Of a plate in it. */
export const corners: Corners = [
  [20, 20],
  [60, 20],
  [60, 30],
  [20, 30],
];
