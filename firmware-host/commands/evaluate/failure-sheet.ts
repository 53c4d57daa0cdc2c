import type { Luma } from '../../../recognizer/luma.ts';
import { contactSheet, type Tile } from '../../../recognizer/picture/contact-sheet.ts';
import { quadSize, rectify } from '../../../recognizer/rectifier/rectify.ts';
import type { Failure } from './evaluation.ts';

/** One sheet holds so many pictures; more failures make more sheets. */
export const TILES_A_SHEET = 100;

const WIDEST_PX = 250;
const SURROUNDINGS = { x: 0.15, y: 0.3 };

/** A PNG of failures: each plate upright with a little around it, what it says and what was read. */
export async function failureSheet(failures: readonly Failure[]): Promise<Uint8Array> {
  return await contactSheet(failures.map(tileOf));
}

function tileOf({ file, luma, scored: { plate, read } }: Failure): Tile {
  const corners = plate.corners ?? read?.corners ?? null;
  const best = read?.spellings[0];
  const answer = best
    ? `${best.text} ${Math.round(100 * best.probability)}% ${read?.countries[0]?.country ?? ''}`
    : '-';
  const lines = [`is ${plate.text} ${plate.country ?? ''} ${plate.quality ?? ''}`, `read ${answer}`, file.slice(-22)];
  return { picture: corners === null ? luma : upright(luma, corners), lines };
}

function upright(luma: Luma, corners: Parameters<typeof rectify>[1]): Luma {
  const size = quadSize(corners);
  const widthPx = WIDEST_PX;
  const aspect = (size.heightPx * (1 + 2 * SURROUNDINGS.y)) / Math.max(1, size.widthPx * (1 + 2 * SURROUNDINGS.x));
  const heightPx = Math.round(Math.min(WIDEST_PX, Math.max(10, widthPx * aspect)));
  const data = new Uint8Array(widthPx * heightPx);
  rectify(luma, corners, SURROUNDINGS, { data, offset: 0, widthPx, heightPx });
  return { data, widthPx, heightPx, strideBytes: widthPx };
}
