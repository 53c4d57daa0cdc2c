import type { Words } from './child.ts';

/** A hit as the node told it, before it was written. */
export interface MadeHit {
  readonly id: string;
  readonly urgency: number;
  readonly timeMs: number;
  readonly digest: string;
  readonly pictured: boolean;
}

interface Entry extends MadeHit {
  /**
   * `perhaps`: the node was killed before it could say; the hit may be there or not, but not half. `held`: the disk had no room at
   * all, so the node promised it for as long as it lives.
   */
  state: 'perhaps' | 'stored' | 'held' | 'refused';
}

/** What the campaign knows from both ends: which hits a node has promised to keep, and what a consumer was shown. */
export class Ledger {
  readonly #hits = new Map<string, Entry>();
  readonly #arrived = new Map<string, number>();
  readonly #pictures = new Map<string, number>();
  /** Hits and pictures (`id/kind`) in the order in which the centre showed them. */
  readonly arrivals: string[] = [];

  hearNode(words: Words): void {
    if (words.appending !== undefined) this.made(words.appending as MadeHit, 'perhaps');
    const entry = typeof words.appended === 'string' ? this.#hits.get(words.appended) : undefined;
    if (entry) entry.state = words.stored !== true ? 'refused' : words.onDisk === true ? 'stored' : 'held';
  }

  made(hit: MadeHit, state: Entry['state']): void {
    this.#hits.set(hit.id, { ...hit, state });
  }

  hearCentre({ hit, picture }: Words): void {
    if (typeof hit === 'string') count(this.#arrived, hit);
    if (typeof picture === 'string') count(this.#pictures, picture);
    this.arrivals.push(String(hit ?? picture));
  }

  hits(): readonly Readonly<Entry>[] {
    return [...this.#hits.values()];
  }

  get(id: string): Readonly<Entry> | undefined {
    return this.#hits.get(id);
  }

  /** Ids of hits, and keys of pictures, that a consumer was shown more than once. */
  shownTwice(): readonly string[] {
    return [...this.#arrived, ...this.#pictures].filter(([, times]) => times > 1).map(([key]) => key);
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** As the node must send them: the more urgent first, then the older. */
export function inSendingOrder(a: MadeHit, b: MadeHit): number {
  return a.urgency - b.urgency || a.timeMs - b.timeMs || (a.id < b.id ? -1 : 1);
}
