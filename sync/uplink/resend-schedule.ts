export interface ResendPace {
  /** How long a receipt may take before the same message is sent again. */
  readonly firstMs: number;
  /** The pause doubles at each resend up to this. */
  readonly longestMs: number;
  /** Messages sent and still within their first pause, at most. */
  readonly window: number;
  /** So many while nothing is answered: enough to notice that it is again, little enough for a month on a thin link. */
  readonly windowUnanswered?: number;
}

interface Sent {
  readonly attempts: number;
  readonly dueMs: number;
}

/**
 * Which messages may be sent (again) when. Times are monotonic, so a clock that jumps changes nothing.
 * A message that never gets its receipt holds a place in the window for `firstMs` only: it cannot block the others. Each
 * place that ends so halves the window, each receipt widens it again.
 */
export class ResendSchedule {
  readonly #pace: ResendPace;
  readonly #sent = new Map<string, Sent>();
  readonly #window = new Map<string, number>();
  #places: number;

  constructor(pace: ResendPace) {
    this.#pace = pace;
    this.#places = pace.window;
  }

  hasRoom(nowMs: number): boolean {
    const least = this.#pace.windowUnanswered ?? this.#pace.window;
    for (const [key, untilMs] of this.#window) {
      if (untilMs > nowMs) continue;
      this.#window.delete(key);
      this.#places = Math.max(least, this.#places / 2);
    }
    return this.#window.size < this.#places;
  }

  isDue(key: string, nowMs: number): boolean {
    const sent = this.#sent.get(key);
    return sent === undefined || sent.dueMs <= nowMs;
  }

  markSent(key: string, nowMs: number): void {
    const attempts = this.#sent.get(key)?.attempts ?? 0;
    this.#sent.set(key, { attempts: attempts + 1, dueMs: nowMs + this.#pauseMs(attempts) });
    this.#window.set(key, nowMs + this.#pace.firstMs);
  }

  /** The broker has it only now: from here its receipt may take as long as after a quick sending. */
  arrived(key: string, nowMs: number): void {
    const sent = this.#sent.get(key);
    if (sent !== undefined) this.#sent.set(key, { ...sent, dueMs: nowMs + this.#pauseMs(sent.attempts - 1) });
    if (this.#window.has(key)) this.#window.set(key, nowMs + this.#pace.firstMs);
  }

  /** Somebody has it and others do not: it comes again at its time, and holds up nothing else until then. */
  answered(key: string): void {
    if (this.#window.delete(key)) this.#places = Math.min(this.#pace.window, this.#places + 1);
  }

  /** It was received: nothing is to be sent any more. */
  settle(key: string): void {
    this.#sent.delete(key);
    this.#window.delete(key);
    this.#places = Math.min(this.#pace.window, this.#places + 1);
  }

  /** A new connection, or a centre that answers again: whatever waits may be sent at once, except what is on its way already. */
  hurry(isUnderWay: (key: string) => boolean = () => false): void {
    for (const times of [this.#sent, this.#window])
      for (const key of times.keys()) if (!isUnderWay(key)) times.delete(key);
    this.#places = this.#pace.window;
  }

  /** How many messages went out and have no receipt yet. */
  get unanswered(): number {
    return this.#sent.size;
  }

  /** When a place in the window, or a waiting message, comes free next after now; Infinity when only an event can do that. */
  nextDueMs(nowMs: number): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { dueMs } of this.#sent.values()) if (dueMs > nowMs) nextMs = Math.min(nextMs, dueMs);
    for (const untilMs of this.#window.values()) if (untilMs > nowMs) nextMs = Math.min(nextMs, untilMs);
    return nextMs;
  }

  #pauseMs(attempts: number): number {
    return Math.min(this.#pace.firstMs * 2 ** attempts, this.#pace.longestMs);
  }
}
