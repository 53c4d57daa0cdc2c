import type { Corners, Point } from '../plate.ts';

/** Where a plate is and how large: the middle of its corners, mean width and mean height, all in pixels. */
export interface PlatePlace {
  readonly x: number;
  readonly y: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** The place of a quadrilateral; a degenerate one still gets a size of at least one pixel. */
export function placeOf([a, b, c, d]: Corners): PlatePlace {
  return {
    x: (a[0] + b[0] + c[0] + d[0]) / 4,
    y: (a[1] + b[1] + c[1] + d[1]) / 4,
    widthPx: Math.max(1, (distance(a, b) + distance(d, c)) / 2),
    heightPx: Math.max(1, (distance(a, d) + distance(b, c)) / 2),
  };
}

/** Whether the point lies in the polygon (even-odd rule). */
export function inside(polygon: readonly Point[], x: number, y: number): boolean {
  let within = false;
  let previous = polygon.at(-1);
  for (const corner of polygon) {
    if (previous !== undefined && corner[1] > y !== previous[1] > y) {
      const crossing = corner[0] + ((y - corner[1]) * (previous[0] - corner[0])) / (previous[1] - corner[1]);
      if (x < crossing) within = !within;
    }
    previous = corner;
  }
  return within;
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
