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
export function normalisePixels(pixels: Pixels, step: number, target: Uint8Array): void {
  const count = pixels.widthPx * pixels.heightPx;
  const { sum, squares } = sumsOf(pixels);
  const mean = sum / count;
  const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean)) + LEAST_DEVIATION;
  for (let value = 0; value < 256; value++) {
    const steps = Math.round((value - mean) / deviation / step);
    levels[value] = Math.min(255, Math.max(0, MIDDLE + steps));
  }
  const isAligned = target.byteOffset % Uint32Array.BYTES_PER_ELEMENT === 0;
  const places = isAligned ? new Uint32Array(target.buffer, target.byteOffset, count / 4) : new Uint32Array(count / 4);
  writePlaces(pixels, levels, places);
  if (!isAligned) target.set(new Uint8Array(places.buffer));
}

/** Four pixels a turn, for one sum would have each wait for the one before. */
function sumsOf({ data, offset, widthPx, heightPx }: Pixels): { readonly sum: number; readonly squares: number } {
  const end = offset + widthPx * heightPx;
  let sum = 0;
  let left = 0;
  let right = 0;
  for (let at = offset; at < end; at += 4) {
    const a = data[at] as number;
    const b = data[at + 1] as number;
    const c = data[at + 2] as number;
    const d = data[at + 3] as number;
    sum = (sum + (a + b + c + d)) | 0;
    left = (left + Math.imul(a, a) + Math.imul(b, b)) | 0;
    right = (right + Math.imul(c, c) + Math.imul(d, d)) | 0;
  }
  return { sum, squares: left + right };
}

/** Every 2 x 2 is one word, its lowest byte first: so do all machines that ONNX Runtime is built for. */
function writePlaces({ data, offset, widthPx, heightPx }: Pixels, level: Uint8Array, places: Uint32Array): void {
  let to = 0;
  for (let y = 0; y < heightPx; y += 2) {
    const upper = offset + y * widthPx;
    for (let at = upper; at < upper + widthPx; at += 2) {
      const below = at + widthPx;
      places[to++] =
        (level[data[at] as number] as number) |
        ((level[data[at + 1] as number] as number) << 8) |
        ((level[data[below] as number] as number) << 16) |
        ((level[data[below + 1] as number] as number) << 24);
    }
  }
}
