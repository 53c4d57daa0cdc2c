import type { Point } from '../plate.ts';

/** Decoded pixels, packed, to be changed in place: one byte a channel. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: 1 | 2 | 3 | 4;
}

/** Changes a picture between its decoding and its encoding. */
export type Edit = (pixels: Pixels) => void;

/** A run of pixels in one row, `to` not included. */
export interface Span {
  readonly y: number;
  readonly from: number;
  readonly to: number;
}

/** The pixels of a convex polygon within the picture, row by row; a pixel that is only touched belongs to it. */
export function* spansOf(polygon: readonly Point[], { widthPx, heightPx }: Pixels): Generator<Span> {
  const ys = polygon.map(([, y]) => y);
  const first = Math.max(0, Math.floor(Math.min(...ys)));
  const last = Math.min(heightPx - 1, Math.ceil(Math.max(...ys)));
  for (let y = first; y <= last; y++) {
    const xs = polygon.flatMap((corner, at) => crossings(corner, polygon[(at + 1) % polygon.length] ?? corner, y));
    if (xs.length === 0) continue;
    const from = Math.max(0, Math.floor(Math.min(...xs)));
    const to = Math.min(widthPx, Math.ceil(Math.max(...xs)) + 1);
    if (from < to) yield { y, from, to };
  }
}

/** Where an edge enters and leaves the row of pixels between y and y + 1. */
function crossings([ax, ay]: Point, [bx, by]: Point, y: number): readonly number[] {
  const [low, high] = [Math.max(y, Math.min(ay, by)), Math.min(y + 1, Math.max(ay, by))];
  if (low > high) return [];
  if (ay === by) return [ax, bx];
  return [low, high].map((at) => ax + ((bx - ax) * (at - ay)) / (by - ay));
}
