import { pause } from '../../../config/foundation/pause.ts';
import type { Database } from '../../database/database.ts';
import { isDiskFull } from '../../database/is-full.ts';
import type { SqlDatabase, SqlDialect, SqlSession, SqlTrouble, SqlValue } from './sql-database.ts';

export const sqliteDialect: SqlDialect = { integer: 'INTEGER', bytes: 'BLOB', tableEnd: ' STRICT' };

interface Prepared {
  run(values: readonly SqlValue[]): readonly object[];
}

/** Statements with a varying number of rows would otherwise fill the memory with their likes. */
const mostPrepared = 100;

/** SQLite itself waits so long for another writer, and the whole program with it; longer waits leave the program running. */
const blockingWaitMs = 10;
const writerDeadlineMs = 20_000;

/** SQLite in this process. It has one connection, so a transaction keeps all other statements waiting. */
export class SqliteDatabase implements SqlDatabase {
  readonly #database: Database;
  readonly #prepared = new Map<string, Prepared>();
  /** Settles when the last transaction so far has ended. */
  #turn: Promise<void> = Promise.resolve();

  constructor(database: Database) {
    this.#database = database;
    database.pragma(`busy_timeout = ${blockingWaitMs}`);
  }

  async query<Row extends object>(sql: string, values: readonly SqlValue[] = []): Promise<readonly Row[]> {
    await this.#turn;
    return this.#run<Row>(sql, values);
  }

  write<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return this.#inTurn(() => this.#transaction(work));
  }

  /** The write-ahead log keeps pages as they were; while another process reads it, its end is left to the next call. */
  leaveNoCopies(): Promise<void> {
    return this.#inTurn(async () => void this.#database.pragma('wal_checkpoint(TRUNCATE)'));
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#turn;
    let end: () => void = () => undefined;
    this.#turn = new Promise((resolve) => {
      end = resolve;
    });
    await before;
    try {
      return await work();
    } finally {
      end();
    }
  }

  troubleOf(error: unknown): SqlTrouble | null {
    if (isBusy(error)) return 'unavailable';
    return isDiskFull(error) ? 'no-room' : null;
  }

  async close(): Promise<void> {
    await this.#turn;
    this.#database.close();
  }

  async #transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    await this.#begin();
    try {
      const result = await work({ query: async (sql, values = []) => this.#run(sql, values) });
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk has rolled back already.
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Here alone a statement can find another process writing: in WAL mode nobody waits to read, or to commit. */
  async #begin(): Promise<void> {
    const endMs = performance.now() + writerDeadlineMs;
    for (;;) {
      try {
        this.#database.exec('BEGIN IMMEDIATE');
        return;
      } catch (error) {
        if (!isBusy(error) || performance.now() > endMs) throw error;
      }
      await pause(5 + Math.random() * 10);
    }
  }

  #run<Row extends object>(sql: string, values: readonly SqlValue[]): readonly Row[] {
    const known = this.#prepared.get(sql) ?? this.#prepare(sql);
    this.#prepared.delete(sql);
    this.#prepared.set(sql, known);
    for (const oldest of this.#prepared.keys()) {
      if (this.#prepared.size <= mostPrepared) break;
      this.#prepared.delete(oldest);
    }
    return known.run(values) as readonly Row[];
  }

  #prepare(sql: string): Prepared {
    const order: number[] = [];
    const text = sql.replace(/\$(\d+)/g, (_, number: string) => {
      order.push(Number(number) - 1);
      return '?';
    });
    const statement = this.#database.prepare<SqlValue[], object>(text);
    const inOrder = (values: readonly SqlValue[]): SqlValue[] => order.map((index) => values[index] ?? null);
    if (statement.reader) return { run: (values) => statement.all(...inOrder(values)) };
    return {
      run: (values) => {
        statement.run(...inOrder(values));
        return [];
      },
    };
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}
