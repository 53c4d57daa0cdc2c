export interface TimeFloorOptions {
  /** Whether a time server keeps the clock now. */
  readonly clockIsKept: () => boolean;
  /** Time that passes whatever a clock is set to. */
  readonly monotonicMs: () => number;
}

/**
 * What the time is at least, in this process: as the clock said when a time server was first known to keep it, and what has passed
 * since. A clock that is set back later cannot fall below it, and one that was ahead before or is set ahead later does not raise it.
 */
export class TimeFloor {
  readonly #options: TimeFloorOptions;
  /** The true time less the monotonic one, once that is known. */
  #offsetMs: number | null = null;

  constructor(options: TimeFloorOptions) {
    this.#options = options;
  }

  /** What the clock says, unless it must be later. */
  atLeast(nowMs: number): number {
    const { clockIsKept, monotonicMs } = this.#options;
    if (this.#offsetMs === null && clockIsKept()) this.#offsetMs = nowMs - monotonicMs();
    return this.#offsetMs === null ? nowMs : Math.max(nowMs, this.#offsetMs + monotonicMs());
  }
}
