export interface Clocks {
  /** The time of day; it may be set. */
  readonly nowMs?: (() => number) | undefined;
  /** Milliseconds that never jump. */
  readonly monotonicMs?: (() => number) | undefined;
}

/** Far more than a clock that is kept right ever wanders between two looks, and far less than matters to hits. */
const toleratedMs = 60_000;
/** Whoever set the clock wrong, or sees in the log that it was, has so long to set it right. */
const doubtedForMs = 24 * 3_600_000;

/** Tells whether the time of day may be believed: not for a day after it went otherwise than the time that passed. */
export class ClockWatch {
  readonly #nowMs: () => number;
  readonly #monotonicMs: () => number;
  #aheadMs: number;
  #doubtedAtMs = Number.NEGATIVE_INFINITY;
  #jumpMs = 0;

  constructor({ nowMs = Date.now, monotonicMs = () => performance.now() }: Clocks = {}) {
    this.#nowMs = nowMs;
    this.#monotonicMs = monotonicMs;
    this.#aheadMs = nowMs() - monotonicMs();
  }

  /** The time of day, or by how much it was set when that is not to be believed. */
  look(): { readonly nowMs: number } | { readonly setByMs: number } {
    const nowMs = this.#nowMs();
    const steadyMs = this.#monotonicMs();
    const jumpMs = nowMs - steadyMs - this.#aheadMs;
    this.#aheadMs += jumpMs;
    if (Math.abs(jumpMs) > toleratedMs) {
      this.#doubtedAtMs = steadyMs;
      this.#jumpMs = jumpMs;
    }
    if (steadyMs - this.#doubtedAtMs < doubtedForMs) return { setByMs: this.#jumpMs };
    return { nowMs };
  }
}
