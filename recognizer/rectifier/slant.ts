import type { Luma } from '../luma.ts';
import type { Corners, Point } from '../plate.ts';
import { quadSize, rectify } from './rectify.ts';

/** The plate is looked at in this height; its width follows its proportions, within bounds. */
const HEIGHT_PX = 24;
const MOST_WIDTH_PX = 160;
/** Leans that are tried, as how far the top stands to the right of the bottom, in heights. */
const MOST_LEAN = 0.6;
const STEP = 0.05;
const NO_GROWTH = { x: 0, y: 0 };

/**
 * How far the upright strokes of a plate lean within its outline: the top to the right of the bottom, in heights, 0 when they stand.
 * It is the lean whose undoing brings most of the plate's edges into the fewest columns, as slanted handwriting is set upright
 * (A. Vinciarelli, J. Luettin, A new normalization technique for cursive handwritten words, 2001).
 */
export function leanOf(luma: Luma, outline: Corners): number {
  const { widthPx, heightPx } = quadSize(outline);
  const width = Math.round(Math.min(MOST_WIDTH_PX, Math.max(HEIGHT_PX, (HEIGHT_PX * widthPx) / Math.max(1, heightPx))));
  const data = new Uint8Array(width * HEIGHT_PX);
  rectify(luma, outline, NO_GROWTH, { data, offset: 0, widthPx: width, heightPx: HEIGHT_PX });
  let best = 0;
  let most = 0;
  for (let lean = -MOST_LEAN; lean <= MOST_LEAN + STEP / 2; lean += STEP) {
    const gathered = gatheredAt(data, width, lean);
    if (gathered > most) {
      most = gathered;
      best = lean;
    }
  }
  return best;
}

/** The outline with its short edges leaning so much further, about their middles. */
export function leaning([a, b, c, d]: Corners, lean: number): Corners {
  const { heightPx } = quadSize([a, b, c, d]);
  const along = (from: Point, to: Point, shift: number): Point => {
    const length = Math.max(1, Math.hypot(to[0] - from[0], to[1] - from[1]));
    return [((to[0] - from[0]) / length) * shift, ((to[1] - from[1]) / length) * shift];
  };
  const moved = ([x, y]: Point, [right, down]: Point): Point => [x + right, y + down];
  const top = along(a, b, (lean * heightPx) / 2);
  const bottom = along(d, c, (-lean * heightPx) / 2);
  return [moved(a, top), moved(b, top), moved(c, bottom), moved(d, bottom)];
}

/** How unevenly the edges spread over columns that lean so: the sum of the squares of each column's. */
function gatheredAt(data: Uint8Array, width: number, lean: number): number {
  const reach = Math.ceil((Math.abs(lean) * HEIGHT_PX) / 2) + 1;
  const columns = new Float32Array(width + 2 * reach);
  for (let y = 0; y < HEIGHT_PX; y++) {
    const shift = Math.round(lean * (y - (HEIGHT_PX - 1) / 2)) + reach;
    for (let x = 1; x < width; x++) {
      const edge = (data[y * width + x] ?? 0) - (data[y * width + x - 1] ?? 0);
      const column = x + shift;
      columns[column] = (columns[column] ?? 0) + Math.max(0, edge);
    }
  }
  return columns.reduce((sum, value) => sum + value * value, 0);
}
