import type { Luma } from '../luma.ts';
import type { InputLayout } from './input-layout.ts';

/**
 * Scales a picture down by 2, 3 or 4 as `scaleLuma` does, four pixels at once. Says how many columns it wrote, from the left: all but
 * fewer than four, or none where the picture, its rows or the target do not begin at whole words.
 */
export function scaleWords(source: Luma, layout: InputLayout, target: Uint8Array): number {
  const { factor, pictureWidthPx, widthPx } = layout;
  const starts = [source.data.byteOffset, source.strideBytes, target.byteOffset, widthPx];
  if (starts.some((bytes) => bytes % Uint32Array.BYTES_PER_ELEMENT !== 0)) return 0;
  const columns = pictureWidthPx - (pictureWidthPx % 4);
  const words = wordsOf(source.data);
  const strideWords = source.strideBytes / 4;
  if (factor === 2) halve(words, strideWords, layout, wordsOf(target));
  else if (factor === 3) third(words, strideWords, layout, target);
  else if (factor === 4) quarter(words, strideWords, layout, target);
  else return 0;
  return columns;
}

function wordsOf({ buffer, byteOffset, length }: Uint8Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, Math.floor(length / 4));
}

function halve(source: Uint32Array, stride: number, layout: InputLayout, target: Uint32Array): void {
  const columns = layout.pictureWidthPx >> 2;
  for (let y = 0; y < layout.pictureHeightPx; y++) {
    let upper = 2 * y * stride;
    let lower = upper + stride;
    let to = y * (layout.widthPx >> 2);
    for (const end = to + columns; to < end; to++, upper += 2, lower += 2) {
      const left = (pairs(source[upper] as number) + pairs(source[lower] as number) + 0x20002) >>> 2;
      const right = (pairs(source[upper + 1] as number) + pairs(source[lower + 1] as number) + 0x20002) >>> 2;
      target[to] = (left & 0xff) | ((left >>> 16) << 8) | ((right & 0xff) << 16) | ((right >>> 16) << 24);
    }
  }
}

/** Three words of three rows are four squares of nine. */
function third(source: Uint32Array, stride: number, layout: InputLayout, target: Uint8Array): void {
  const share = 1 / 9;
  const columns = layout.pictureWidthPx & ~3;
  for (let y = 0; y < layout.pictureHeightPx; y++) {
    let a = 3 * y * stride;
    let b = a + stride;
    let c = b + stride;
    let to = y * layout.widthPx;
    for (const end = to + columns; to < end; to += 4, a += 3, b += 3, c += 3) {
      const even0 = (even(source[a] as number) + even(source[b] as number) + even(source[c] as number)) | 0;
      const odd0 = (odd(source[a] as number) + odd(source[b] as number) + odd(source[c] as number)) | 0;
      const even1 = (even(source[a + 1] as number) + even(source[b + 1] as number) + even(source[c + 1] as number)) | 0;
      const odd1 = (odd(source[a + 1] as number) + odd(source[b + 1] as number) + odd(source[c + 1] as number)) | 0;
      const even2 = (even(source[a + 2] as number) + even(source[b + 2] as number) + even(source[c + 2] as number)) | 0;
      const odd2 = (odd(source[a + 2] as number) + odd(source[b + 2] as number) + odd(source[c + 2] as number)) | 0;
      target[to] = ((even0 & 0xffff) + (odd0 & 0xffff) + (even0 >>> 16)) * share + 0.5;
      target[to + 1] = ((odd0 >>> 16) + (even1 & 0xffff) + (odd1 & 0xffff)) * share + 0.5;
      target[to + 2] = ((even1 >>> 16) + (odd1 >>> 16) + (even2 & 0xffff)) * share + 0.5;
      target[to + 3] = ((odd2 & 0xffff) + (even2 >>> 16) + (odd2 >>> 16)) * share + 0.5;
    }
  }
}

/** One word of four rows is a square of sixteen. */
function quarter(source: Uint32Array, stride: number, layout: InputLayout, target: Uint8Array): void {
  const columns = layout.pictureWidthPx & ~3;
  for (let y = 0; y < layout.pictureHeightPx; y++) {
    let at = 4 * y * stride;
    let to = y * layout.widthPx;
    for (const end = to + columns; to < end; to++, at++) {
      const upper = pairs(source[at] as number) + pairs(source[at + stride] as number);
      const lower = pairs(source[at + 2 * stride] as number) + pairs(source[at + 3 * stride] as number);
      const sums = (upper + lower) | 0;
      target[to] = ((sums & 0xffff) + (sums >>> 16) + 8) >> 4;
    }
  }
}

/** The first and third of a word's four pixels, each in 16 bits, so that there is room for sums of sixteen. */
function even(word: number): number {
  return word & 0x00ff00ff;
}

/** The second and fourth. */
function odd(word: number): number {
  return (word >>> 8) & 0x00ff00ff;
}

/** The sums of the first two and of the last two; as all here, it takes a word's first pixel for its lowest byte. */
function pairs(word: number): number {
  return (word & 0x00ff00ff) + ((word >>> 8) & 0x00ff00ff);
}
