/** How many failures are free within the window, for one key. */
export interface Allowance {
  readonly failures: number;
  readonly windowMs: number;
}

const mostKeys = 10_000;

/**
 * Slows guessing: after a few failures a key (a place, a name at a place) waits until the oldest of them has left the window.
 * Bounded memory: of too many keys the longest unused are forgotten.
 */
export class LogInLimit {
  readonly #allowance: Allowance;
  readonly #nowMs: () => number;
  readonly #failures = new Map<string, number[]>();

  constructor(allowance: Allowance, nowMs: () => number = () => performance.now()) {
    this.#allowance = allowance;
    this.#nowMs = nowMs;
  }

  /** How long this key still has to wait; 0 when it may try. */
  waitMs(key: string): number {
    const recent = this.#recent(key);
    const oldest = recent[recent.length - this.#allowance.failures];
    return oldest === undefined ? 0 : oldest + this.#allowance.windowMs - this.#nowMs();
  }

  failed(key: string): void {
    const failures = [...this.#recent(key), this.#nowMs()].slice(-this.#allowance.failures);
    this.#failures.delete(key);
    const longestUnused = this.#failures.keys().next().value;
    if (this.#failures.size >= mostKeys && longestUnused !== undefined) this.#failures.delete(longestUnused);
    this.#failures.set(key, failures);
  }

  /** The last failure was none. */
  takeBack(key: string): void {
    this.#failures.get(key)?.pop();
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  #recent(key: string): number[] {
    const sinceMs = this.#nowMs() - this.#allowance.windowMs;
    return (this.#failures.get(key) ?? []).filter((atMs) => atMs > sinceMs);
  }
}
