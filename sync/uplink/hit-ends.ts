import type { HeldHits } from './held-hits.ts';
import type { outboxStatements } from './outbox-schema.ts';
import type { WithdrawnHits } from './withdrawn-hits.ts';

/** How hits end here: the centre has them, or they had to give way and are lost. */
export type HitEnd = 'received' | 'given-up';
/** Told once it is so on the disk, of hits that a person at the node may know of and of no others. */
export type HitEndListener = (end: HitEnd, ids: readonly string[]) => void;

export interface HitEndsOptions {
  readonly held: HeldHits;
  readonly withdrawn: WithdrawnHits;
  readonly statements: Pick<ReturnType<typeof outboxStatements>, 'hitPlace'>;
  readonly listeners: Set<HitEndListener>;
}

/** Tells how hits ended that a person at the node may know of. */
export class HitEnds {
  readonly #options: HitEndsOptions;

  constructor(options: HitEndsOptions) {
    this.#options = options;
  }

  tell(end: HitEnd, ids: readonly string[]): void {
    if (ids.length > 0) for (const listener of [...this.#options.listeners]) listener(end, ids);
  }

  /** Whether this is a hit (and not the withdrawal of one) that waits here and of which a person at the node may know. */
  isOpen(id: string): boolean {
    const { held, withdrawn, statements } = this.#options;
    if (held.open.some((hit) => hit.id === id)) return true;
    return statements.hitPlace.get(id)?.discreet === 0 && !withdrawn.isMessage(id);
  }
}
