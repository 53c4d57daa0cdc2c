/** A hit as it waits for the centre's receipt. */
export interface WaitingHit {
  readonly id: string;
  /** 1 is the most urgent, 9 the least. */
  readonly urgency: number;
  readonly timeMs: number;
  /** Nothing on the node may tell that it exists. */
  readonly discreet: boolean;
  /** The message exactly as it is sent, each time. */
  readonly body: Uint8Array;
}

type Place = Pick<WaitingHit, 'id' | 'urgency' | 'timeMs'>;

/** As hits are sent: the more urgent first, then the older. */
export function inSendingOrder(a: Place, b: Place): number {
  return a.urgency - b.urgency || a.timeMs - b.timeMs || (a.id < b.id ? -1 : 1);
}

/** More than a gantry makes in a day. */
const most = 1_000;
const mostBytes = 16 * 1024 * 1024;

/**
 * Hits that the disk does not take, in memory and without pictures, until it does: they are sent from here meanwhile.
 * A node that is killed before either happens has lost them, so this is the last place for a hit, not the first.
 *
 * Invariant: never more than `most` hits and `mostBytes`; one gives way only to a hit that is as urgent or more, the least
 * urgent and oldest first.
 */
export class HeldHits {
  readonly #limits: { readonly hits: number; readonly bytes: number };
  /** In sending order. */
  #hits: readonly WaitingHit[] = [];
  #bytes = 0;

  constructor(limits = { hits: most, bytes: mostBytes }) {
    this.#limits = limits;
  }

  get all(): readonly WaitingHit[] {
    return this.#hits;
  }

  /** Those that a person at the node may know of. */
  get open(): readonly WaitingHit[] {
    return this.#hits.filter((hit) => !hit.discreet);
  }

  hasRoomFor({ body }: WaitingHit): boolean {
    return this.#hits.length < this.#limits.hits && this.#bytes + body.byteLength <= this.#limits.bytes;
  }

  add(hit: WaitingHit): void {
    this.#hits = [...this.#hits, hit].sort(inSendingOrder);
    this.#bytes += hit.body.byteLength;
  }

  /** The least urgent, then oldest. */
  get leastWorthy(): WaitingHit | null {
    const urgency = this.#hits.at(-1)?.urgency;
    return this.#hits.find((hit) => hit.urgency === urgency) ?? null;
  }

  /** Gives one hit up for a newcomer; null when none is less worthy. */
  giveUpFor(newcomer: WaitingHit): WaitingHit | null {
    const least = this.leastWorthy;
    if (least === null || least.urgency < newcomer.urgency) return null;
    return this.take(least.id);
  }

  first(wanted: (id: string) => boolean): WaitingHit | null {
    return this.#hits.find(({ id }) => wanted(id)) ?? null;
  }

  take(id: string): WaitingHit | null {
    const taken = this.#hits.find((hit) => hit.id === id);
    if (taken === undefined) return null;
    this.#hits = this.#hits.filter((hit) => hit !== taken);
    this.#bytes -= taken.body.byteLength;
    return taken;
  }
}
