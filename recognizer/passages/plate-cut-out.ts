import type { Luma } from '../luma.ts';
import type { Corners, Point } from '../plate.ts';

/** A plate and little around it, cut out of a picture. */
export interface PlateCutOut {
  readonly luma: Luma;
  /** Of the outline in which the plate was read best, in pixels of the cut-out. */
  readonly corners: Corners;
}

/** As a share of the plate's width: room for the reader's margin, and for whoever looks at the picture. */
const MARGIN = 0.15;

/** The plate with its surroundings, in memory of its own. */
export function plateCutOut(luma: Luma, corners: Corners): PlateCutOut {
  const { left, top } = cutBounds(luma, corners, MARGIN);
  const [a, b, c, d] = corners;
  const moved = ([x, y]: Point) => [x - left, y - top] as const;
  return { luma: cutOut(luma, corners), corners: [moved(a), moved(b), moved(c), moved(d)] };
}

/** A copy of the plate's surroundings, each side wider by `margin` of the plate's width, in memory of its own. */
export function cutOut(luma: Luma, corners: Corners, margin = MARGIN): Luma {
  const { left, top, right, bottom } = cutBounds(luma, corners, margin);
  const widthPx = right - left;
  const data = new Uint8Array(widthPx * (bottom - top));
  for (let y = top; y < bottom; y++) {
    const from = y * luma.strideBytes + left;
    data.set(luma.data.subarray(from, from + widthPx), (y - top) * widthPx);
  }
  return { data, widthPx, heightPx: bottom - top, strideBytes: widthPx };
}

/** The part of the picture that `cutOut` copies, at least one pixel and never outside the picture. */
export function cutBounds(luma: Luma, corners: Corners, margin: number) {
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  const grow = (Math.max(...xs) - Math.min(...xs)) * margin;
  const left = clamp(Math.floor(Math.min(...xs) - grow), 0, luma.widthPx - 1);
  const top = clamp(Math.floor(Math.min(...ys) - grow), 0, luma.heightPx - 1);
  const right = clamp(Math.ceil(Math.max(...xs) + grow) + 1, left + 1, luma.widthPx);
  const bottom = clamp(Math.ceil(Math.max(...ys) + grow) + 1, top + 1, luma.heightPx);
  return { left, top, right, bottom };
}

function clamp(value: number, least: number, most: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(value, least), most) : least;
}
