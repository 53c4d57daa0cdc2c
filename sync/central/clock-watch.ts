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

/** How far the time of day was ahead of the time that passes, and when it was last so. */
interface Before {
  readonly aheadMs: number;
  readonly untilMs: number;
}

/** What may be believed of the time. */
export interface BelievedTime {
  /** It is surely this late. */
  readonly nowMs: number;
  /** By how much the time of day was set within a day: while that may be wrong, the earliest time is believed that it may be. */
  readonly setByMs: number | null;
}

/**
 * Tells how late it is at the least. What the clock was before it was set goes on counting for a day, by the time that passed; the
 * days of a machine that sleeps at night, when its clock seems to be set each morning, so come to an end some hours late.
 */
export class ClockWatch {
  readonly #nowMs: () => number;
  readonly #monotonicMs: () => number;
  #aheadMs: number;
  #before: readonly Before[] = [];
  #setByMs = 0;

  constructor({ nowMs = Date.now, monotonicMs = () => performance.now() }: Clocks = {}) {
    this.#nowMs = nowMs;
    this.#monotonicMs = monotonicMs;
    this.#aheadMs = nowMs() - monotonicMs();
  }

  look(): BelievedTime {
    const steadyMs = this.#monotonicMs();
    const aheadMs = this.#nowMs() - steadyMs;
    const jumpMs = aheadMs - this.#aheadMs;
    if (Math.abs(jumpMs) > toleratedMs) {
      this.#before = [...this.#before, { aheadMs: this.#aheadMs, untilMs: steadyMs }];
      this.#setByMs = jumpMs;
    }
    this.#aheadMs = aheadMs;
    this.#before = this.#before.filter(({ untilMs }) => steadyMs - untilMs < doubtedForMs);
    const leastMs = Math.min(aheadMs, ...this.#before.map((before) => before.aheadMs));
    return { nowMs: steadyMs + leastMs, setByMs: this.#before.length > 0 ? this.#setByMs : null };
  }
}
