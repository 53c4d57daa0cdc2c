import type { Corners, Point } from '../plate.ts';

/** Intersection over union of two convex quadrilaterals, 0 to 1; 0 for one without area. */
export function quadOverlap(a: Corners, b: Corners): number {
  const areaA = quadArea(a);
  const areaB = quadArea(b);
  if (areaA <= 0 || areaB <= 0) return 0;
  const common = Math.abs(signedArea(clip(a, b)));
  return common / (areaA + areaB - common);
}

/** Square pixels, positive when the corners go clockwise as seen on a screen (y downwards). */
export function quadArea(quad: Corners): number {
  return signedArea(quad);
}

/** True when the corners go clockwise around and every one of them bends the same way. */
export function isConvex(quad: Corners): boolean {
  const [a, b, c, d] = quad;
  return turn(a, b, c) > 0 && turn(b, c, d) > 0 && turn(c, d, a) > 0 && turn(d, a, b) > 0;
}

function signedArea(points: readonly Point[]): number {
  let twice = 0;
  let previous = points.at(-1);
  for (const point of points) {
    if (previous !== undefined) twice += previous[0] * point[1] - point[0] * previous[1];
    previous = point;
  }
  return twice / 2;
}

/** Sutherland and Hodgman: the subject cut by each edge of the clockwise window in turn. */
function clip(subject: readonly Point[], window: Corners): readonly Point[] {
  let rest = subject;
  let from: Point = window[3];
  for (const to of window) {
    rest = cutByEdge(rest, from, to);
    from = to;
  }
  return rest;
}

function cutByEdge(points: readonly Point[], from: Point, to: Point): readonly Point[] {
  const kept: Point[] = [];
  let previous = points.at(-1);
  for (const point of points) {
    if (previous === undefined) break;
    const before = turn(from, to, previous);
    const now = turn(from, to, point);
    if (before * now < 0) kept.push(between(previous, point, before / (before - now)));
    if (now >= 0) kept.push(point);
    previous = point;
  }
  return kept;
}

function between(a: Point, b: Point, share: number): Point {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
}

function turn(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]);
}
