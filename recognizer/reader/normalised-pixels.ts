/** A picture within a larger array, row by row. */
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
 * puts the four pixels of every 2 x 2 behind one another: plane by plane the upper left ones, upper right, lower left, lower right.
 * Writes as many bytes as the picture has to the same place of `target`.
 */
export function normalisePixels({ data, offset, widthPx, heightPx }: Pixels, step: number, target: Uint8Array): void {
  const count = widthPx * heightPx;
  let sum = 0;
  let squares = 0;
  for (let at = offset; at < offset + count; at++) {
    const value = data[at] as number;
    sum += value;
    squares += value * value;
  }
  const mean = sum / count;
  const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean)) + LEAST_DEVIATION;
  for (let value = 0; value < 256; value++) {
    const steps = Math.round((value - mean) / deviation / step);
    levels[value] = Math.min(255, Math.max(0, MIDDLE + steps));
  }
  const plane = count / 4;
  for (let y = 0; y < heightPx; y++) {
    const row = offset + y * widthPx;
    const left = offset + (y & 1) * 2 * plane + (y >> 1) * (widthPx >> 1);
    const right = left + plane;
    for (let x = 0; x < widthPx >> 1; x++) {
      target[left + x] = levels[data[row + 2 * x] as number] as number;
      target[right + x] = levels[data[row + 2 * x + 1] as number] as number;
    }
  }
}
