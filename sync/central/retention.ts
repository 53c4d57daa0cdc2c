import { type Log, silentLog } from '../../config/foundation/log.ts';
import { pause } from '../../config/foundation/pause.ts';
import type { Service } from '../../config/foundation/service.ts';

export interface RetentionOptions {
  readonly store: { erase(beforeMs: number): Promise<number> };
  readonly days: number;
  readonly log?: Log | undefined;
  readonly nowMs?: (() => number) | undefined;
}

const hourMs = 3_600_000;

/**
 * Erases hits and pictures once they are as old as the law lets them become; what remains are counts. Looks each hour, so nothing is
 * kept an hour longer than said. A store that does not answer is tried again at the next hour.
 */
export class Retention implements Service {
  readonly name = 'retention';
  readonly #options: RetentionOptions;
  readonly #log: Log;

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#eraseOld();
      await pause(hourMs, signal);
    }
  }

  async #eraseOld(): Promise<void> {
    const { store, days, nowMs = Date.now } = this.#options;
    try {
      const beforeMs = nowMs() - days * 24 * hourMs;
      const hits = await store.erase(beforeMs);
      const before = new Date(beforeMs).toISOString();
      if (hits > 0) this.#log.event('info', 'centre/hits-erased', { hits, before, days });
    } catch (failure) {
      const code = (failure as { code?: unknown }).code;
      this.#log.event('error', 'centre/hits-not-erased', { code: typeof code === 'string' ? code : 'unknown' });
    }
  }
}
