import type { FramePicture } from './frame-picture.ts';
import { type Random, seededRandom } from './seeded-random.ts';

/** How many places there are to begin. */
const SPARE = 100_000;

/** A sensor's noise, prepared once and laid over each frame from another place: real noise never repeats in place. */
export class SensorGrain {
  readonly #grain: Int8Array;
  readonly #random: Random;

  /** `deviation` is the standard deviation in grey levels. */
  constructor(seed: number, deviation: number, pixels: number) {
    this.#random = seededRandom(seed);
    this.#grain = new Int8Array(pixels + SPARE);
    let previous = 0;
    for (let i = 0; i < this.#grain.length; i++) {
      // The sum of four uniform numbers is close to a normal distribution; a little of the neighbour makes it grainy.
      const sum = this.#random() + this.#random() + this.#random() + this.#random() - 2;
      const value = sum * 1.73 * deviation;
      this.#grain[i] = Math.round(value * 0.9 + previous * 0.44);
      previous = value;
    }
  }

  lay(picture: FramePicture): void {
    const { data } = picture;
    const pixels = picture.widthPx * picture.heightPx;
    const start = Math.floor(this.#random() * (this.#grain.length - pixels));
    for (let pixel = 0, at = 0; pixel < pixels; pixel++, at += 3) {
      const noise = this.#grain[start + pixel] ?? 0;
      data[at] = (data[at] ?? 0) + noise;
      data[at + 1] = (data[at + 1] ?? 0) + noise;
      data[at + 2] = (data[at + 2] ?? 0) + noise;
    }
  }
}
