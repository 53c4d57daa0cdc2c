/** A picture within a larger array, row by row; its sides are even, and it has less than 33,000 pixels, so that sums of squares are whole in 32 bits. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly offset: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** What is added to the deviation, so that a picture of nothing is not blown up to noise; as recognizer/training/reader_model.py does. */
const LEAST_DEVIATION = 6;
/** The byte that stands for the picture's mean. */
const MIDDLE = 128;

/** Memory is kept from picture to picture; a byte has 256 values, so each is normalised once. */
const levels = new Uint8Array(256);

/**
 * Gives a picture a mean of 0 and a deviation of about 1, whatever its light and contrast, in whole multiples of `step` around 128, and
 * puts the four pixels of every 2 x 2 behind one another: the upper left one, upper right, lower left, lower right.
 * Writes as many bytes as the picture has to the beginning of `target`.
 */
export function normalisePixels({ data, offset, widthPx, heightPx }: Pixels, step: number, target: Uint8Array): void {
  const count = widthPx * heightPx;
  let sum = 0;
  let squares = 0;
  for (let at = offset; at < offset + count; at++) {
    const value = data[at] as number;
    sum = (sum + value) | 0;
    squares = (squares + Math.imul(value, value)) | 0;
  }
  const mean = sum / count;
  const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean)) + LEAST_DEVIATION;
  for (let value = 0; value < 256; value++) {
    const steps = Math.round((value - mean) / deviation / step);
    levels[value] = Math.min(255, Math.max(0, MIDDLE + steps));
  }
  let to = 0;
  for (let y = 0; y < heightPx; y += 2) {
    const upper = offset + y * widthPx;
    for (let at = upper; at < upper + widthPx; at += 2) {
      target[to] = levels[data[at] as number] as number;
      target[to + 1] = levels[data[at + 1] as number] as number;
      target[to + 2] = levels[data[at + widthPx] as number] as number;
      target[to + 3] = levels[data[at + widthPx + 1] as number] as number;
      to += 4;
    }
  }
}
