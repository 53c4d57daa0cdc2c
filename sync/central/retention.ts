import { type Log, silentLog } from '../../config/foundation/log.ts';
import { pause } from '../../config/foundation/pause.ts';
import type { Service } from '../../config/foundation/service.ts';
import { type Clocks, ClockWatch } from './clock-watch.ts';
import type { SqlHitStore } from './store/sql-hit-store.ts';

/** Something of which the old can be erased; says how much it was. */
export interface Erasable {
  erase(beforeMs: number): Promise<number>;
}

export interface RetentionOptions extends Clocks {
  readonly store: Pick<SqlHitStore, 'erase' | 'hits'>;
  /** Where pictures are saved beside the store. */
  readonly evidence?: Erasable | null | undefined;
  readonly days: number;
  readonly log?: Log | undefined;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Not at the start: a clock without a battery is set right some minutes later. */
const firstLookMs = 600_000;

/**
 * Erases hits and pictures once they are as old as the law lets them become; what remains are counts. Looks each hour, so nothing is
 * kept an hour longer than said. A store that does not answer is tried again at the next hour.
 *
 * Invariant: nothing is erased on the word of one clock. A hit must be old by its node's clock too, and a clock of this machine that was
 * set is not believed at once: that is logged, and for a day the earlier counts of what it says and what it would have said.
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
    const clock = new ClockWatch(this.#options);
    await pause(firstLookMs, signal);
    while (!signal.aborted) {
      const { nowMs, setByMs } = clock.look();
      if (setByMs !== null) {
        const believed = new Date(nowMs).toISOString();
        this.#log.event('warn', 'centre/clock-set', { seconds: Math.round(setByMs / 1000), believed });
      }
      await this.#eraseOld(nowMs);
      await pause(hourMs, signal);
    }
  }

  async #eraseOld(nowMs: number): Promise<void> {
    const { store, evidence, days } = this.#options;
    const beforeMs = nowMs - days * dayMs;
    const about = { before: new Date(beforeMs).toISOString(), days };
    await this.#orSay('centre/hits-not-erased', async () => {
      let hits = 0;
      const onErased = (more: number) => {
        hits += more;
      };
      try {
        await store.erase(beforeMs, { nowMs, onErased });
      } finally {
        if (hits > 0) this.#log.event('info', 'centre/hits-erased', { hits, ...about });
      }
      await this.#tellOfLeft(beforeMs);
    });
    await this.#orSay('centre/pictures-not-erased', async () => {
      const pictures = (await evidence?.erase(beforeMs)) ?? 0;
      if (pictures > 0) this.#log.event('info', 'centre/pictures-erased', { pictures, ...about });
    });
  }

  /** Clocks differ by moments; a hit that is a day too old is there because its node's clock was wrong, or this machine's at its arrival. */
  async #tellOfLeft(beforeMs: number): Promise<void> {
    const [left] = (await this.#options.store.hits({ toMs: beforeMs - dayMs, limit: 1 })).hits;
    if (left === undefined) return;
    const arrived = new Date(left.receivedMs).toISOString();
    this.#log.event('warn', 'centre/hits-left', { hit: left.hit.id, arrived });
  }

  async #orSay(event: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (failure) {
      const code = (failure as { code?: unknown }).code;
      this.#log.event('error', event, { code: typeof code === 'string' ? code : 'unknown' });
    }
  }
}
