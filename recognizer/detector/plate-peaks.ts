import type { Corners, Point } from '../plate.ts';
import { isConvex, quadOverlap } from './quad-overlap.ts';

/** A plate that was found but not yet read. */
export interface DetectedPlate {
  readonly corners: Corners;
  /** The detector's own probability, 0 to 1. */
  readonly score: number;
}

/** The detector's output: nine planes of rows x columns, the score first, then x and y of the four corners. */
export interface DetectorMaps {
  readonly data: Float32Array;
  readonly columns: number;
  readonly rows: number;
  readonly stridePx: number;
}

/** A picture with more than this is noise, and every one of them costs a read. */
const MAX_PLATES = 32;
/** Quadrilaterals that overlap more than this are the same plate. */
export const SAME_PLATE_OVERLAP = 0.3;
/** Smaller plates cannot be read; in pixels of the detector's input. */
const MIN_SIDE_PX = 3;

/** The network counts corners from pixel centres; here pixel k covers k to k + 1. */
const PIXEL_CENTRE = 0.5;

/**
 * Plates in pixels of the detector's input, where pixel k covers k to k + 1, best first: local peaks of the score, without the lesser of any two
 * that overlap.
 */
export function platePeaks(maps: DetectorMaps, threshold: number): readonly DetectedPlate[] {
  const candidates: DetectedPlate[] = [];
  for (let row = 0; row < maps.rows; row++) {
    for (let column = 0; column < maps.columns; column++) {
      const score = maps.data[row * maps.columns + column] ?? 0;
      if (score < threshold || !isPeak(maps, column, row, score)) continue;
      const corners = cornersAt(maps, column, row);
      if (isConvex(corners) && shortestSide(corners) >= MIN_SIDE_PX) candidates.push({ corners, score });
    }
  }
  candidates.sort((a, b) => b.score - a.score);
  const plates: DetectedPlate[] = [];
  for (const candidate of candidates) {
    if (plates.length === MAX_PLATES) break;
    if (plates.every((kept) => quadOverlap(kept.corners, candidate.corners) < SAME_PLATE_OVERLAP))
      plates.push(candidate);
  }
  return plates;
}

/** Equal neighbours must not both be peaks nor both be none, so the earlier one wins. */
function isPeak(maps: DetectorMaps, column: number, row: number, score: number): boolean {
  for (let y = Math.max(0, row - 1); y <= Math.min(maps.rows - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(maps.columns - 1, column + 1); x++) {
      const other = maps.data[y * maps.columns + x] ?? 0;
      const earlier = y < row || (y === row && x < column);
      if (other > score || (earlier && other === score)) return false;
    }
  }
  return true;
}

function cornersAt(maps: DetectorMaps, column: number, row: number): Corners {
  const plane = maps.rows * maps.columns;
  const cell = row * maps.columns + column;
  const corner = (index: number): Point => [
    (column + 0.5 + (maps.data[(1 + 2 * index) * plane + cell] ?? 0)) * maps.stridePx + PIXEL_CENTRE,
    (row + 0.5 + (maps.data[(2 + 2 * index) * plane + cell] ?? 0)) * maps.stridePx + PIXEL_CENTRE,
  ];
  return [corner(0), corner(1), corner(2), corner(3)];
}

function shortestSide(quad: Corners): number {
  const [a, b, c, d] = quad;
  const side = (p: Point, q: Point) => Math.hypot(q[0] - p[0], q[1] - p[1]);
  return Math.min(side(a, b), side(b, c), side(c, d), side(d, a));
}
