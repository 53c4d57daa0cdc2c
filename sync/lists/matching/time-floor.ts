export interface TimeFloorOptions {
  /** Whether a time server keeps the clock now; systems go on saying so when the server has fallen silent. */
  readonly clockIsKept: () => boolean;
  /** Time that passes whatever a clock is set to. */
  readonly monotonicMs: () => number;
  /** Hears when the time is at least a minute later than the clock says, once until that was given up. */
  readonly onBehind?: ((floorMs: number, nowMs: number) => void) | undefined;
}

const worthSayingMs = 60_000;
const believedAfterMs = 24 * 3_600_000;

/**
 * What the time is at least, in this process: as the clock said when a time server was first known to keep it, and what has passed
 * since. A clock that is set back later cannot fall below it, unless a server keeps it there for a day without a break: then it was
 * the first word that was wrong. One that was ahead before or is set ahead later does not raise it.
 */
export class TimeFloor {
  readonly #options: TimeFloorOptions;
  /** The true time less the monotonic one, once that is known. */
  #offsetMs: number | null = null;
  /** Since when, monotonic, the clock has been both kept and below. */
  #keptBelowSinceMs: number | null = null;
  #isSaid = false;

  constructor(options: TimeFloorOptions) {
    this.#options = options;
  }

  /** What the clock says, unless it must be later. */
  atLeast(nowMs: number): number {
    const isKept = this.#options.clockIsKept();
    const passedMs = this.#options.monotonicMs();
    if (this.#offsetMs === null && !isKept) return nowMs;
    this.#offsetMs ??= nowMs - passedMs;
    const floorMs = this.#offsetMs + passedMs;
    if (!isKept || nowMs >= floorMs) this.#keptBelowSinceMs = null;
    else this.#keptBelowSinceMs ??= passedMs;
    if (this.#keptBelowSinceMs !== null && passedMs - this.#keptBelowSinceMs >= believedAfterMs) {
      this.#offsetMs = nowMs - passedMs;
      this.#keptBelowSinceMs = null;
      this.#isSaid = false;
      return nowMs;
    }
    this.#sayBehind(floorMs, nowMs);
    return Math.max(nowMs, floorMs);
  }

  #sayBehind(floorMs: number, nowMs: number): void {
    if (this.#isSaid || floorMs - nowMs <= worthSayingMs) return;
    this.#isSaid = true;
    this.#options.onBehind?.(floorMs, nowMs);
  }
}
