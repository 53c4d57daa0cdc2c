import { Fault } from '../../../config/foundation/fault.ts';
import type { Database, Statement } from '../../database/database.ts';
import { isDamaged } from '../../database/is-damaged.ts';
import { GuardedStatement } from './guarded-statement.ts';
import { listStatements } from './list-statements.ts';
import { listLayout, listTables } from './list-tables.ts';

/** The list database as its two stores use it: their statements, how they change it, and what happens when it is found damaged. */
export class ListDatabase {
  readonly sql: ReturnType<typeof listStatements>;
  readonly #database: Database;
  readonly #onDamaged: () => void;

  /** Lays a new file out. Throws `list/other-layout`. */
  constructor(database: Database, onDamaged: () => void) {
    this.#database = database;
    this.#onDamaged = onDamaged;
    // Freed pages are overwritten where that costs no extra writing, so that revoked lists and old keys do not linger.
    database.pragma('secure_delete = FAST');
    this.#layOut();
    this.sql = listStatements(this);
  }

  /** Which pages a statement meets is not known before, so each use of every one is guarded. */
  prepare<Parameters extends unknown[] = unknown[], Row = unknown>(sql: string): GuardedStatement<Parameters, Row> {
    const statement = this.#database.prepare(sql) as Statement<Parameters, Row>;
    return new GuardedStatement(statement, (use) => this.#guarded(use));
  }

  /** Damage ends the use of this database; the next opening sets the file aside. Throws `list/database-damaged`. */
  #guarded<T>(use: () => T): T {
    try {
      return use();
    } catch (error) {
      if (!isDamaged(error)) throw error;
      return this.damaged('SQLite cannot read it', error);
    }
  }

  damaged(what: string, cause?: unknown): never {
    this.#onDamaged();
    throw new Fault('list/database-damaged', `the list database is damaged: ${what}`, { cause });
  }

  /**
   * One transaction that waits at its beginning until it may write. One that has read before it writes is refused by SQLite without
   * any waiting when another connection writes just then.
   */
  changing<T>(change: () => T): T {
    return this.#guarded(() => this.#database.transaction(change).immediate());
  }

  /**
   * The same without waiting for the disk: what a power cut takes is fetched again, and the next `changing`, which does wait, makes
   * all that was written before it durable too (one log, written in order).
   */
  changingWithoutWaiting(change: () => void): void {
    const before = this.#database.pragma('synchronous', { simple: true });
    if (before === 2) this.#database.pragma('synchronous = NORMAL');
    try {
      this.changing(change);
    } finally {
      if (before === 2) this.#database.pragma('synchronous = FULL');
    }
  }

  #layOut(): void {
    const isNew = this.#database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'list'").get() === undefined;
    const layout = this.#database.pragma('user_version', { simple: true });
    if (!isNew && layout !== listLayout) {
      throw new Fault('list/other-layout', `the list database has layout ${layout}, not ${listLayout}`);
    }
    // A file that is as it must be is not written to: the disk may be full.
    this.#database.exec(`BEGIN; ${listTables} ${isNew ? `PRAGMA user_version = ${listLayout};` : ''} COMMIT`);
  }
}
