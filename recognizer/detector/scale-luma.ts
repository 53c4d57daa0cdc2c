import type { Luma } from '../luma.ts';
import type { InputLayout } from './input-layout.ts';
import { scaleWords } from './scale-words.ts';

/**
 * Scales a picture down into `target` (rows of `layout.widthPx`), each pixel the mean of the area it covers, so that
 * thin strokes fade instead of breaking. Touches only the picture's part of the target.
 */
export function scaleLuma(source: Luma, layout: InputLayout, target: Uint8Array): void {
  if (layout.factor === 1) copyRows(source, layout, target);
  else if (!Number.isInteger(layout.factor)) averageAreas(source, layout, target);
  else {
    const done = scaleWords(source, layout, target);
    if (layout.factor === 2) halve(source, layout, target, done);
    else averageBlocks(source, layout, target, done);
  }
}

function copyRows(source: Luma, layout: InputLayout, target: Uint8Array): void {
  for (let y = 0; y < layout.pictureHeightPx; y++) {
    const from = y * source.strideBytes;
    target.set(source.data.subarray(from, from + layout.pictureWidthPx), y * layout.widthPx);
  }
}

/** From a column on, as averageBlocks. */
function halve(source: Luma, layout: InputLayout, target: Uint8Array, from: number): void {
  const { data, strideBytes } = source;
  for (let y = 0; y < layout.pictureHeightPx; y++) {
    let upper = 2 * (y * strideBytes + from);
    let lower = upper + strideBytes;
    const end = y * layout.widthPx + layout.pictureWidthPx;
    for (let at = y * layout.widthPx + from; at < end; at++, upper += 2, lower += 2) {
      target[at] = ((data[upper] ?? 0) + (data[upper + 1] ?? 0) + (data[lower] ?? 0) + (data[lower + 1] ?? 0) + 2) >> 2;
    }
  }
}

function averageBlocks(source: Luma, layout: InputLayout, target: Uint8Array, from: number): void {
  const { data, strideBytes } = source;
  const { factor } = layout;
  const share = 1 / (factor * factor);
  for (let y = 0; y < layout.pictureHeightPx; y++) {
    for (let x = from; x < layout.pictureWidthPx; x++) {
      let sum = 0;
      for (let row = 0, left = y * factor * strideBytes + x * factor; row < factor; row++, left += strideBytes) {
        for (let column = 0; column < factor; column++) sum += data[left + column] ?? 0;
      }
      target[y * layout.widthPx + x] = sum * share + 0.5;
    }
  }
}

/** Rows are summed first, with the shares in which they are covered, then columns out of that one row of sums. */
function averageAreas(source: Luma, layout: InputLayout, target: Uint8Array): void {
  const { data, strideBytes, widthPx } = source;
  const { factor } = layout;
  const sums = new Float32Array(widthPx + 1);
  const share = 1 / (factor * factor);
  for (let y = 0; y < layout.pictureHeightPx; y++) {
    sums.fill(0);
    const top = y * factor;
    const bottom = Math.min(top + factor, source.heightPx);
    for (let row = Math.floor(top); row < bottom; row++) {
      const weight = Math.min(row + 1, bottom) - Math.max(row, top);
      const from = row * strideBytes;
      for (let x = 0; x < widthPx; x++) sums[x] = (sums[x] ?? 0) + weight * (data[from + x] ?? 0);
    }
    for (let x = 0, at = y * layout.widthPx; x < layout.pictureWidthPx; x++, at++) {
      const left = x * factor;
      const right = Math.min(left + factor, widthPx);
      const first = Math.floor(left);
      const last = Math.floor(right);
      let sum = (first + 1 - left) * (sums[first] ?? 0);
      for (let column = first + 1; column < last; column++) sum += sums[column] ?? 0;
      sum += (right - last) * (sums[last] ?? 0);
      target[at] = Math.min(255, sum * share + 0.5);
    }
  }
}
