import { pause } from '../../config/foundation/pause.ts';
import type { Service } from '../../config/foundation/service.ts';
import type { Look } from './confirmed-pictures.ts';
import type { Outbox } from './outbox.ts';

export interface PictureRetentionOptions {
  readonly outbox: Pick<Outbox, 'expirePictures' | 'expireSetAside'>;
  /** What the law of the place lets pictures of a confirmed hit stay here. */
  readonly days: number;
  readonly nowMs?: (() => number) | undefined;
  /** Milliseconds that never jump. */
  readonly monotonicMs?: (() => number) | undefined;
}

const dayMs = 86_400_000;
/** Not at the start: a clock without a battery is set right some minutes later. */
const firstLookMs = 600_000;
const lookEveryMs = 3_600_000;

/**
 * Erases pictures whose hit the centre has and which it does not take, once they have been here for as long as the law lets them. A hit
 * itself leaves at its receipt, and one without a receipt stays, pictures and all, for as long as it takes.
 * A damaged outbox that was set aside holds such pictures as well, and stays no longer than they.
 */
export class PictureRetention implements Service {
  readonly name = 'picture-retention';
  readonly #options: PictureRetentionOptions;

  constructor(options: PictureRetentionOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { outbox, days, nowMs = Date.now, monotonicMs = () => performance.now() } = this.#options;
    const expiries = [
      (look: Look) => outbox.expirePictures(look, days * dayMs),
      (look: Look) => outbox.expireSetAside(look, days * dayMs),
    ];
    const lookedMs = new Map<(look: Look) => boolean, number>();
    for (;;) {
      await pause(lookedMs.size < expiries.length ? firstLookMs : lookEveryMs, signal);
      if (signal.aborted) return;
      for (const expire of expiries) {
        const steadyMs = monotonicMs();
        const lastMs = lookedMs.get(expire);
        const sinceLookMs = lastMs === undefined ? null : steadyMs - lastMs;
        // A disk without room takes no change: what was not done then is done at the next look.
        if (expire({ nowMs: nowMs(), sinceLookMs })) lookedMs.set(expire, steadyMs);
      }
    }
  }
}
