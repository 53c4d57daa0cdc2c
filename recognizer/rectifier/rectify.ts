import type { Luma } from '../luma.ts';
import type { Corners, Point } from '../plate.ts';
import { squareToQuad, throughPerspective } from './perspective.ts';
import { addRow, isWithin, placesFit, type SampleRow, writeInnerRow } from './sample-rows.ts';

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
  const rowAt = (v: number): SampleRow => ({ v, firstU: left + stepU / 2, stepU, across, widthPx: target.widthPx });
  const sums = new Float32Array(target.widthPx);
  const share = 1 / (across * down);
  const single = across * down === 1 && placesFit(source);
  for (let y = 0; y < target.heightPx; y++) {
    const from = target.offset + y * (target.strideBytes ?? target.widthPx);
    if (single) {
      const only = rowAt(-growth.y + (y + 0.5) * stepV);
      if (isWithin(source, map, only)) {
        writeInnerRow(source, map, only, target.data, from);
        continue;
      }
    }
    sums.fill(0);
    for (let row = 0; row < down; row++) {
      const v = -growth.y + (y * down + row + 0.5) * stepV;
      addRow(source, map, rowAt(v), sums);
    }
    for (let x = 0; x < target.widthPx; x++) target.data[from + x] = (sums[x] ?? 0) * share + 0.5;
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
