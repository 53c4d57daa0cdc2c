import type { Log } from '../../config/foundation/log.ts';

export type RefusalReason =
  | 'unknown-authority'
  | 'too-large'
  | 'bad-manifest'
  | 'wrong-topic'
  | 'bad-signature'
  | 'replayed'
  | 'downgraded'
  | 'forked'
  | 'expired'
  | 'not-allowed'
  | 'altered-blob'
  | 'bad-content'
  | 'bad-wrapped-key'
  | 'wrong-key';

export interface Refusal {
  readonly authority: string;
  readonly list: string;
  /** Null where the message could not be read that far. */
  readonly version: number | null;
  readonly reason: RefusalReason;
}

interface RefusalOptions {
  /** Whether this authority is one of ours: what strangers say is not repeated. */
  readonly knows: (authority: string) => boolean;
  readonly onRefused?: ((refusal: Refusal) => void) | undefined;
  readonly log: Log;
}

/** What was refused since the start: counted and told on. */
export class Refusals {
  readonly #options: RefusalOptions;
  readonly #totals = new Map<RefusalReason, number>();
  /** Whoever floods the broker must not fill the log: of each kind the 1st, 2nd, 4th, 8th ... is said. */
  readonly #repeats = new BoundedCounts(256);

  constructor(options: RefusalOptions) {
    this.#options = options;
  }

  /** How many messages were refused, by reason. */
  get totals(): ReadonlyMap<RefusalReason, number> {
    return this.#totals;
  }

  add(refusal: Refusal): void {
    const { knows, onRefused, log } = this.#options;
    const { authority, list, version, reason } = refusal;
    const total = (this.#totals.get(reason) ?? 0) + 1;
    this.#totals.set(reason, total);
    const known = knows(authority);
    const count = this.#repeats.count(known ? `${authority}/${list} ${reason}` : reason, total);
    if (Number.isInteger(Math.log2(count))) {
      log.event('warn', 'list/refused', known ? { authority, list, version, reason, count } : { reason, count });
    }
    onRefused?.(refusal);
  }
}

/** Counts by name, for so many names; one too many counts with the total that its caller gives. */
class BoundedCounts {
  readonly #counts = new Map<string, number>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  count(name: string, total: number): number {
    const before = this.#counts.get(name);
    if (before === undefined && this.#counts.size >= this.#most) return total;
    this.#counts.set(name, (before ?? 0) + 1);
    return (before ?? 0) + 1;
  }
}
