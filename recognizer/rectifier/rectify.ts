import type { Luma } from '../luma.ts';
import type { Corners, Point } from '../plate.ts';
import { type Perspective, squareToQuad, throughPerspective } from './perspective.ts';

/** Where a rectified plate goes: `widthPx` x `heightPx` pixels at `offset` in `data`, rows `strideBytes` apart (by default close). */
export interface RectifiedTarget {
  readonly data: Uint8Array;
  readonly offset: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly strideBytes?: number;
}

/** Which part of the grown quadrilateral's width is wanted, as shares from its left. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

const WHOLE: Part = { from: 0, to: 1 };

/** Shares of the quadrilateral's width and height that are added on each side. */
export interface Growth {
  readonly x: number;
  readonly y: number;
}

/** More samples than this per pixel and direction add nothing that is seen. */
const MAX_SAMPLES = 6;

/**
 * Warps a quadrilateral, grown by a margin, to an upright rectangle. Bilinear; where the plate is larger than the
 * rectangle each pixel is the mean of several samples spread over it, so that strokes do not alias. Pixel centres are
 * at whole numbers, and outside the picture its edge goes on.
 */
export function rectify(source: Luma, quad: Corners, growth: Growth, target: RectifiedTarget, part = WHOLE): void {
  const map = squareToQuad(quad);
  const wide = 1 + 2 * growth.x;
  const left = wide * part.from - growth.x;
  const { widthPx, heightPx } = quadSize(quad);
  const across = samplesPerPixel((widthPx * wide * (part.to - part.from)) / target.widthPx);
  const down = samplesPerPixel((heightPx * (1 + 2 * growth.y)) / target.heightPx);
  const stepU = (wide * (part.to - part.from)) / (target.widthPx * across);
  const stepV = (1 + 2 * growth.y) / (target.heightPx * down);
  const sums = new Float32Array(target.widthPx);
  const share = 1 / (across * down);
  for (let y = 0; y < target.heightPx; y++) {
    sums.fill(0);
    for (let row = 0; row < down; row++) {
      const v = -growth.y + (y * down + row + 0.5) * stepV;
      addRow(source, map, { v, firstU: left + stepU / 2, stepU, across }, sums);
    }
    const from = target.offset + y * (target.strideBytes ?? target.widthPx);
    for (let x = 0; x < target.widthPx; x++) target.data[from + x] = (sums[x] ?? 0) * share + 0.5;
  }
}

interface SampleRow {
  readonly v: number;
  readonly firstU: number;
  readonly stepU: number;
  readonly across: number;
}

function addRow(source: Luma, map: Perspective, row: SampleRow, sums: Float32Array): void {
  const { data, strideBytes } = source;
  const maxX = source.widthPx - 1;
  const maxY = source.heightPx - 1;
  const baseX = map.b * row.v + map.c;
  const baseY = map.e * row.v + map.f;
  const baseW = map.h * row.v + 1;
  let u = row.firstU;
  const lastU = u + (sums.length * row.across - 1) * row.stepU;
  // A row is straight in the picture too: when both its ends lie inside, all of it does.
  if (within(map, row.v, u, maxX, maxY) && within(map, row.v, lastU, maxX, maxY)) {
    addInnerRow(source, map, row, sums);
    return;
  }
  for (let column = 0; column < sums.length; column++) {
    let sum = 0;
    for (let sample = 0; sample < row.across; sample++, u += row.stepU) {
      const w = 1 / (map.g * u + baseW);
      const x = Math.min(maxX, Math.max(0, (map.a * u + baseX) * w));
      const y = Math.min(maxY, Math.max(0, (map.d * u + baseY) * w));
      const left = x | 0;
      const top = y | 0;
      const shareX = x - left;
      const shareY = y - top;
      const upper = top * strideBytes + left;
      const lower = top < maxY ? upper + strideBytes : upper;
      const right = left < maxX ? 1 : 0;
      const upperLeft = data[upper] ?? 0;
      const lowerLeft = data[lower] ?? 0;
      const above = upperLeft + ((data[upper + right] ?? 0) - upperLeft) * shareX;
      const below = lowerLeft + ((data[lower + right] ?? 0) - lowerLeft) * shareX;
      sum += above + (below - above) * shareY;
    }
    sums[column] = (sums[column] ?? 0) + sum;
  }
}

function within(map: Perspective, v: number, u: number, maxX: number, maxY: number): boolean {
  const w = map.g * u + map.h * v + 1;
  const x = (map.a * u + map.b * v + map.c) / w;
  const y = (map.d * u + map.e * v + map.f) / w;
  return w > 0 && x >= 0 && y >= 0 && x < maxX && y < maxY;
}

/** As addRow, for a row whose samples all have four neighbours in the picture: no edge to mind. */
function addInnerRow(source: Luma, map: Perspective, row: SampleRow, sums: Float32Array): void {
  const { data, strideBytes } = source;
  const { a, d, g } = map;
  const { stepU, across } = row;
  const baseX = map.b * row.v + map.c;
  const baseY = map.e * row.v + map.f;
  const baseW = map.h * row.v + 1;
  const columns = sums.length;
  let u = row.firstU;
  for (let column = 0; column < columns; column++) {
    let sum = 0;
    for (let sample = 0; sample < across; sample++, u += stepU) {
      const w = 1 / (g * u + baseW);
      const x = (a * u + baseX) * w;
      const y = (d * u + baseY) * w;
      const left = x | 0;
      const top = y | 0;
      const at = top * strideBytes + left;
      const shareX = x - left;
      const upperLeft = data[at] as number;
      const lowerLeft = data[at + strideBytes] as number;
      const above = upperLeft + ((data[at + 1] as number) - upperLeft) * shareX;
      const below = lowerLeft + ((data[at + strideBytes + 1] as number) - lowerLeft) * shareX;
      sum += above + (below - above) * (y - top);
    }
    sums[column] = (sums[column] as number) + sum;
  }
}

function samplesPerPixel(sourcePixels: number): number {
  return Math.min(MAX_SAMPLES, Math.max(1, Math.round(sourcePixels)));
}

/** The quadrilateral with that share of its size added (or, negative, taken) on each side, in its own perspective. */
export function grown(quad: Corners, growth: Growth): Corners {
  const map = squareToQuad(quad);
  const at = (u: number, v: number): Point => throughPerspective(map, [u, v]);
  const { x, y } = growth;
  return [at(-x, -y), at(1 + x, -y), at(1 + x, 1 + y), at(-x, 1 + y)];
}

/** Mean length of the upper and lower, and of the left and right sides. */
export function quadSize(quad: Corners): { readonly widthPx: number; readonly heightPx: number } {
  const [a, b, c, d] = quad;
  const side = (p: readonly [number, number], q: readonly [number, number]) => Math.hypot(q[0] - p[0], q[1] - p[1]);
  return { widthPx: (side(a, b) + side(d, c)) / 2, heightPx: (side(b, c) + side(a, d)) / 2 };
}
