import { Fault } from '../../../config/foundation/fault.ts';
import type { Log } from '../../../config/foundation/log.ts';
import { pause } from '../../../config/foundation/pause.ts';
import type { Service } from '../../../config/foundation/service.ts';
import type { HitDesk } from '../store/hit-desk.ts';

/**
 * Looks whether the store has changed, once for all open pages, and wakes them. Looking is what works for every store:
 * hits may be written by another process on another machine.
 */
export class ChangeWatch implements Service {
  readonly name = 'change-watch';
  readonly #desk: Pick<HitDesk, 'cursor'>;
  readonly #log: Log;
  readonly #everyMs: number;
  readonly #waiting = new Set<() => void>();
  #cursor = -1;

  constructor(desk: Pick<HitDesk, 'cursor'>, log: Log, everyMs = 500) {
    this.#desk = desk;
    this.#log = log;
    this.#everyMs = everyMs;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.look();
      } catch (error) {
        // A store's server that is away comes back; until then the pages show what they have.
        if (!(error instanceof Fault)) throw error;
        this.#log.event('warn', 'web/store-away', { code: error.code });
        await pause(5_000, signal);
      }
      await pause(this.#everyMs, signal);
    }
  }

  /** At once, for who knows that something changed. */
  async look(): Promise<void> {
    if (this.#waiting.size === 0) return;
    const cursor = await this.#desk.cursor();
    if (cursor === this.#cursor) return;
    this.#cursor = cursor;
    for (const wake of [...this.#waiting]) wake();
  }

  /** Resolves when the store stands beyond the cursor, after `deadlineMs`, or when the signal aborts. */
  beyond(cursor: number, deadlineMs: number, signal: AbortSignal): Promise<void> {
    if (this.#cursor > cursor || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, deadlineMs);
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
