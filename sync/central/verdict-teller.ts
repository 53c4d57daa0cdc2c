import { pause } from '../../config/foundation/pause.ts';
import type { Service } from '../../config/foundation/service.ts';
import type { BrokerLink } from '../broker/broker-link.ts';
import { topics } from '../broker/topics.ts';
import { encodeMessage } from '../uplink/cloud-event.ts';
import { type Verdict, verdictType } from '../uplink/verdict.ts';
import type { UntoldFollowUp } from './store/follow-ups.ts';
import type { SqlHitStore } from './store/sql-hit-store.ts';

export interface VerdictTellerOptions {
  readonly link: BrokerLink;
  readonly store: Pick<SqlHitStore, 'claimUntold' | 'markTold'>;
  readonly everyMs?: number | undefined;
  readonly nowMs?: (() => number) | undefined;
}

const atOnce = 100;
/** Who claimed some and then died leaves them to the others after so long. */
const claimMs = 60_000;

/**
 * Tells nodes what became of their hits, whoever recorded it: an officer at a terminal, in a browser, at another machine. A node that
 * is away is told when it is back. The message's id is the follow-up's own, so a node can tell a repetition.
 */
export class VerdictTeller implements Service {
  readonly name = 'verdict-teller';
  readonly #options: VerdictTellerOptions;

  constructor(options: VerdictTellerOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { link, everyMs = 2_000 } = this.#options;
    while (!signal.aborted) {
      const told = link.connected ? await this.#tellSome() : 0;
      if (told < atOnce) await pause(everyMs, signal);
    }
  }

  async #tellSome(): Promise<number> {
    const { link, store } = this.#options;
    const nowMs = (this.#options.nowMs ?? Date.now)();
    const untold = await store.claimUntold({ nowMs, untilMs: nowMs + claimMs, limit: atOnce });
    if (typeof untold === 'string') return 0;
    const outcomes = await Promise.all(
      untold.map((one) =>
        link.publish(topics.verdicts(one.node), encodeMessage(verdictOf(one)), { qos: 1, deadlineMs: 10_000 }),
      ),
    );
    await store.markTold(untold.filter((_, index) => outcomes[index] === 'acknowledged').map(({ id }) => id));
    return untold.length;
  }
}

function verdictOf({ id, hit, camera, list, step, verdict, atMs }: UntoldFollowUp): Verdict {
  const about = { hit, camera, list };
  return {
    specversion: '1.0',
    id,
    source: '/centre',
    type: verdictType,
    time: new Date(atMs).toISOString(),
    datacontenttype: 'application/json',
    data: step === 'verdict' ? { ...about, step, verdict: verdict ?? 'other' } : { ...about, step },
  };
}
