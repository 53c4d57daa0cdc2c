import type { ReconnectTiming } from './camera-context.ts';

/**
 * Delays that double up to the longest, each drawn between half and all of itself: after a power cut on a gantry
 * not all cameras are dialled in the same instant.
 */
export class BackOff {
  readonly #timing: Pick<ReconnectTiming, 'firstDelayMs' | 'longestDelayMs'>;
  readonly #random: () => number;
  #failures = 0;

  constructor(timing: Pick<ReconnectTiming, 'firstDelayMs' | 'longestDelayMs'>, random: () => number = Math.random) {
    this.#timing = timing;
    this.#random = random;
  }

  /** The delay before the next attempt, in milliseconds. */
  next(): number {
    const { firstDelayMs, longestDelayMs } = this.#timing;
    const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(this.#failures, 30));
    this.#failures++;
    return Math.round(delayMs * (0.5 + this.#random() / 2));
  }

  reset(): void {
    this.#failures = 0;
  }
}
