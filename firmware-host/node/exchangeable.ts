import type { Service } from '../../config/foundation/service.ts';

/** A service that can be exchanged while it runs: the old one has ended before the new one begins. There may be none. */
export class Exchangeable implements Service {
  readonly name: string;
  #current: Service | null;
  #change = new AbortController();

  constructor(name: string, first: Service | null) {
    this.name = name;
    this.#current = first;
  }

  /** When this returns the old one has been told to end. */
  exchange(next: Service | null): void {
    this.#current = next;
    this.#change.abort();
  }

  /** Ends with the signal, or when a service ends by itself. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#change = new AbortController();
      const until = AbortSignal.any([signal, this.#change.signal]);
      await (this.#current?.run(until) ?? aborted(until));
      if (!until.aborted) return;
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
