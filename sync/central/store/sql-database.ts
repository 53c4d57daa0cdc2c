export type SqlValue = string | number | null | Uint8Array;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** Statements in the part of SQL that SQLite and PostgreSQL share, with `$1`, `$2` ... for the values. */
export interface SqlSession {
  query<Row extends object = SqlRow>(sql: string, values?: readonly SqlValue[]): Promise<readonly Row[]>;
}

/** What is wrong with a database for now, as opposed to a bug: no room on its disk, or nobody answers. */
export type SqlTrouble = 'no-room' | 'unavailable';

/** One relational database. A promise of `write` that resolved means: committed and on disk. */
export interface SqlDatabase extends SqlSession {
  /** Runs all statements of `work` in one transaction; a rejection rolls back. */
  write<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
  /** Sees to it that no copy of what was erased is left in files that the database itself has done with. */
  leaveNoCopies(): Promise<void>;
  /** Null for what is no passing trouble and must end the program. */
  troubleOf(error: unknown): SqlTrouble | null;
  close(): Promise<void>;
}

/** How the two spell what they do not share. */
export interface SqlDialect {
  /** 64 bits, signed. */
  readonly integer: string;
  readonly bytes: string;
  /** After the columns of CREATE TABLE. */
  readonly tableEnd: string;
}
