/** Wakes the one loop that waits for it; a ring while nobody waits is kept for the next wait. */
export class Bell {
  #rung = false;
  #wake: (() => void) | null = null;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Resolves at the next ring, after `deadlineMs` (Infinity: no deadline), or when the signal aborts. */
  async wait(deadlineMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        // setTimeout takes 31 bits; waking once a day for nothing does no harm.
        const timer = setTimeout(wake, Math.min(Math.max(deadlineMs, 0), 86_400_000));
        this.#wake = wake;
        signal.addEventListener('abort', wake, { once: true });
      });
    }
    this.#wake = null;
    this.#rung = false;
  }
}
