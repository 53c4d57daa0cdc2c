import type { Database } from '../database/database.ts';
import { takesNothing } from '../database/takes-nothing.ts';
import type { OutboxCounter } from './outbox-counts.ts';
import type { OutboxSpace } from './outbox-space.ts';

/** Transactions on a disk that may take nothing, and the counting that goes with them. */
export class OutboxWrites {
  readonly #database: Database;
  readonly #space: OutboxSpace;
  readonly #addToCounter: { run(name: string, count: number): unknown };
  /** What a disk without any room could not count: it is counted with what is written next. */
  readonly #owed = new Map<OutboxCounter, number>();
  #taken = true;

  constructor(database: Database, space: OutboxSpace, addToCounter: { run(name: string, count: number): unknown }) {
    this.#database = database;
    this.#space = space;
    this.#addToCounter = addToCounter;
  }

  get owed(): ReadonlyMap<OutboxCounter, number> {
    return this.#owed;
  }

  /** Whether the disk took the last transaction. */
  get taken(): boolean {
    return this.#taken;
  }

  /** Counts these with the next transaction. */
  owe(name: OutboxCounter, count = 1): void {
    this.#owed.set(name, (this.#owed.get(name) ?? 0) + count);
  }

  /** Counts one at once, if the disk lets it. */
  count(name: OutboxCounter): void {
    this.owe(name);
    this.unlessFull(() => undefined);
  }

  /** Runs a transaction; a disk that takes nothing is an ordinary outcome here, everything else is not. */
  unlessFull(work: () => void): boolean {
    return this.attempt(work) || (this.#space.find() && this.attempt(work));
  }

  /** The same, without looking for room. */
  attempt(work: () => void): boolean {
    try {
      this.#database
        .transaction(() => {
          work();
          for (const [counter, count] of this.#owed) this.#addToCounter.run(counter, count);
        })
        .immediate();
      this.#owed.clear();
      this.#taken = true;
    } catch (error) {
      if (!takesNothing(error)) throw error;
      this.#taken = false;
    }
    return this.#taken;
  }
}
