import { authorityName, listName } from './list-description.ts';
import type { Refusal, RefusalReason } from './refusals.ts';

/** What was refused of one list since a version of it was last applied. */
export interface RefusedList {
  readonly authority: string;
  readonly id: string;
  /** Of the latest refusal. */
  readonly reason: RefusalReason;
  readonly count: number;
}

/** Whoever can write to the broker can make names up, so only so many are kept. */
const mostLists = 64;

/** The ledger of refused list messages, for console and centre: bounded, whatever a stranger at the broker sends. */
export class RefusedLists {
  readonly #lists = new Map<string, RefusedList>();
  readonly #totals = new Map<RefusalReason, number>();

  /** True when it is news that this list is refused, or that it is for this reason. */
  note({ authority, list, reason }: Refusal): boolean {
    this.#totals.set(reason, (this.#totals.get(reason) ?? 0) + 1);
    // An authority that this node does not know has no lists here; it is counted and not named.
    if (reason === 'unknown-authority') return false;
    if (!authorityName.safeParse(authority).success || !listName.safeParse(list).success) return false;
    const name = `${authority}/${list}`;
    const before = this.#lists.get(name);
    if (before === undefined && this.#lists.size >= mostLists) return false;
    this.#lists.set(name, { authority, id: list, reason, count: (before?.count ?? 0) + 1 });
    return before?.reason !== reason;
  }

  /** A version of this list matches, so what was wrong with it is past. */
  applied(authority: string, list: string): void {
    this.#lists.delete(`${authority}/${list}`);
  }

  of(authority: string, list: string): RefusedList | null {
    return this.#lists.get(`${authority}/${list}`) ?? null;
  }

  all(): readonly RefusedList[] {
    return [...this.#lists.values()];
  }

  /** Messages refused since the start, by reason. */
  get totals(): ReadonlyMap<RefusalReason, number> {
    return this.#totals;
  }
}
