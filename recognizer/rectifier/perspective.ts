import type { Corners, Point } from '../plate.ts';

/**
 * The projective map of the unit square onto a quadrilateral: x = (a u + b v + c) / (g u + h v + 1),
 * y = (d u + e v + f) / (g u + h v + 1); the square's top left goes to the first corner, then clockwise.
 */
export interface Perspective {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
  readonly g: number;
  readonly h: number;
}

/** Source: P. Heckbert, Fundamentals of Texture Mapping and Image Warping (1989), section 2.2.3. */
export function squareToQuad(quad: Corners): Perspective {
  const [[x0, y0], [x1, y1], [x2, y2], [x3, y3]] = quad;
  const sumX = x0 - x1 + x2 - x3;
  const sumY = y0 - y1 + y2 - y3;
  const dx1 = x1 - x2;
  const dx2 = x3 - x2;
  const dy1 = y1 - y2;
  const dy2 = y3 - y2;
  const determinant = dx1 * dy2 - dx2 * dy1;
  // A quadrilateral without area has no map; an affine one through three corners is as good as any.
  const g = determinant === 0 ? 0 : (sumX * dy2 - dx2 * sumY) / determinant;
  const h = determinant === 0 ? 0 : (dx1 * sumY - sumX * dy1) / determinant;
  return {
    a: x1 - x0 + g * x1,
    b: x3 - x0 + h * x3,
    c: x0,
    d: y1 - y0 + g * y1,
    e: y3 - y0 + h * y3,
    f: y0,
    g,
    h,
  };
}

/** Where the map takes a point of the unit square, or of the plane around it. */
export function throughPerspective(map: Perspective, [u, v]: Point): Point {
  const w = map.g * u + map.h * v + 1;
  return [(map.a * u + map.b * v + map.c) / w, (map.d * u + map.e * v + map.f) / w];
}
