/** A gap in this process's ticks that is longer than this was no waiting: the process, or the whole machine, was stopped. */
const longestTickMs = 1_000;
const tickMs = 100;

/**
 * Measures how long this process waits and runs. Whoever closes a laptop in the middle of a campaign, or stops it for a while, stops
 * the network with it, which the campaign itself plays: what did not arrive meanwhile is not late.
 */
export class RunningTime {
  readonly #nowMs: () => number;
  #lastMs: number;
  #ranMs = 0;

  constructor(nowMs = () => performance.now()) {
    this.#nowMs = nowMs;
    this.#lastMs = nowMs();
  }

  /** Since the beginning or the last reset; to be asked at least each second. */
  ms(): number {
    const nowMs = this.#nowMs();
    this.#ranMs += Math.min(nowMs - this.#lastMs, longestTickMs);
    this.#lastMs = nowMs;
    return this.#ranMs;
  }

  reset(): void {
    this.#lastMs = this.#nowMs();
    this.#ranMs = 0;
  }
}

/** The promise's value, or `late` when it has not settled after `ms` in which this process ran; the promise itself goes on. */
export function withinRunning<T, L>(
  promise: Promise<T>,
  limit: { readonly ms: number; readonly late: L },
  time = new RunningTime(),
): Promise<T | L> {
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      if (time.ms() >= limit.ms) resolve(limit.late);
    }, tickMs);
    promise.then(resolve, reject).finally(() => clearInterval(timer));
  });
}
