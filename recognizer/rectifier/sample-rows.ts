import type { Luma } from '../luma.ts';
import type { Point } from '../plate.ts';
import { type Perspective, throughPerspective } from './perspective.ts';

/** Samples along one straight line through a quadrilateral, at even distances in its own perspective. */
export interface SampleRow {
  readonly v: number;
  readonly firstU: number;
  readonly stepU: number;
  /** Samples of one pixel, and pixels. */
  readonly across: number;
  readonly widthPx: number;
}

/** Adds each pixel's samples to its sum: bilinear, and outside the picture its edge goes on. */
export function addRow(source: Luma, map: Perspective, row: SampleRow, sums: Float32Array): void {
  if (isWithin(source, map, row)) {
    addInnerRow(source, map, row, sums);
    return;
  }
  const { data, strideBytes } = source;
  const maxX = source.widthPx - 1;
  const maxY = source.heightPx - 1;
  const baseX = map.b * row.v + map.c;
  const baseY = map.e * row.v + map.f;
  const baseW = map.h * row.v + 1;
  let u = row.firstU;
  for (let column = 0; column < row.widthPx; column++) {
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

/** Whether all samples have four neighbours in the picture. A row is straight there too: when both its ends lie inside, all of it does. */
export function isWithin(source: Luma, map: Perspective, { v, firstU, stepU, across, widthPx }: SampleRow): boolean {
  const lastU = firstU + (widthPx * across - 1) * stepU;
  return isInside(source, map, [firstU, v]) && isInside(source, map, [lastU, v]);
}

function isInside(source: Luma, map: Perspective, at: Point): boolean {
  const [x, y] = throughPerspective(map, at);
  const isAhead = map.g * at[0] + map.h * at[1] + 1 > 0;
  return isAhead && x >= 0 && y >= 0 && x < source.widthPx - 1 && y < source.heightPx - 1;
}

/** As addRow, for a row that isWithin(): no edge to mind. */
function addInnerRow(source: Luma, map: Perspective, row: SampleRow, sums: Float32Array): void {
  const { data, strideBytes } = source;
  const { a, d, g } = map;
  const { stepU, across, widthPx } = row;
  const baseX = map.b * row.v + map.c;
  const baseY = map.e * row.v + map.f;
  const baseW = map.h * row.v + 1;
  let u = row.firstU;
  for (let column = 0; column < widthPx; column++) {
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

/** Whether a place anywhere in the picture, in `writeInnerRow`'s 65,536ths of a pixel, is a number of 32 bits. */
export function placesFit({ widthPx, heightPx }: Luma): boolean {
  return Math.max(widthPx, heightPx) < 32_768;
}

/**
 * Writes a row of one sample to a pixel that isWithin() a picture whose placesFit(), from `from` on: in whole numbers and few of them, for
 * this is most of what reading costs beside the network. Every eighth sample is placed exactly and those between at even distances: a
 * tenth of a pixel wrong at most where one end of a plate is a fifth nearer.
 */
export function writeInnerRow(source: Luma, map: Perspective, row: SampleRow, target: Uint8Array, from: number): void {
  // In here, for a bundle makes variables of a module's constants, and reading them cost half as much again as all the rest.
  const span = 8;
  const placeBits = 16;
  const weightBits = 10;
  const weights = (1 << weightBits) - 1;
  const half = 1 << (2 * weightBits - 1);
  const { data, strideBytes } = source;
  const { a, d, g } = map;
  const { stepU, firstU } = row;
  const baseX = map.b * row.v + map.c;
  const baseY = map.e * row.v + map.f;
  const baseW = map.h * row.v + 1;
  const last = row.widthPx - 1;
  let scale = (1 << placeBits) / (g * firstU + baseW);
  let x = ((a * firstU + baseX) * scale) | 0;
  let y = ((d * firstU + baseY) * scale) | 0;
  for (let at = 0; at <= last; ) {
    // Between two samples, never beyond the last, which may lie at the picture's edge: it is a span of its own.
    const next = Math.min(at + span, last);
    const samples = Math.max(1, next - at);
    const u = firstU + next * stepU;
    scale = (1 << placeBits) / (g * u + baseW);
    const nextX = ((a * u + baseX) * scale) | 0;
    const nextY = ((d * u + baseY) * scale) | 0;
    const stepX = ((nextX - x) / samples) | 0;
    const stepY = ((nextY - y) / samples) | 0;
    for (const end = at + samples; at < end; at++) {
      const upper = (Math.imul(y >> placeBits, strideBytes) + (x >> placeBits)) | 0;
      const lower = (upper + strideBytes) | 0;
      const right = (x >> (placeBits - weightBits)) & weights;
      const down = (y >> (placeBits - weightBits)) & weights;
      const upperLeft = data[upper] as number;
      const lowerLeft = data[lower] as number;
      const above = ((upperLeft << weightBits) + Math.imul((data[upper + 1] as number) - upperLeft, right)) | 0;
      const below = ((lowerLeft << weightBits) + Math.imul((data[lower + 1] as number) - lowerLeft, right)) | 0;
      target[from + at] = ((above << weightBits) + Math.imul(below - above, down) + half) >> (2 * weightBits);
      x = (x + stepX) | 0;
      y = (y + stepY) | 0;
    }
    x = nextX;
    y = nextY;
  }
}
