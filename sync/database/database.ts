import Database from 'better-sqlite3';

export type { Database, Statement } from 'better-sqlite3';

export interface DatabaseOptions {
  /** The file gives freed room back to the disk when asked (incremental_vacuum); only a new file can be made so. */
  readonly shrinks?: boolean;
  readonly readonly?: boolean;
  /** No other connection opens the file meanwhile: then SQLite needs no memory shared beside it, for which a full disk has no room. */
  readonly alone?: boolean;
  /** Each commit is in the file itself and not in a log beside it, for a file that is to be renamed: a full disk is then told at the commit. */
  readonly withoutLog?: boolean;
  /** Sees each statement before it runs. */
  readonly onStatement?: (sql: string) => void;
}

/**
 * Opens (or makes) a SQLite file with the durability that the node promises.
 * The settings are given at every opening: SQLite keeps only journal_mode and auto_vacuum in the file.
 */
export function openDatabase(path: string, options: DatabaseOptions = {}): Database.Database {
  const { readonly = false, onStatement } = options;
  const database = new Database(path, { readonly, ...(onStatement && { verbose: (sql) => onStatement(String(sql)) }) });
  try {
    // Before anything is read: what is shared is decided then.
    if (options.alone) database.pragma('locking_mode = EXCLUSIVE');
    // Only in a file without pages yet, and before journal_mode, which writes the first.
    if (options.shrinks && database.pragma('page_count', { simple: true }) === 0)
      database.pragma('auto_vacuum = INCREMENTAL');
    if (!readonly) database.pragma(`journal_mode = ${options.withoutLog ? 'DELETE' : 'WAL'}`);
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    database.pragma('busy_timeout = 5000');
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}
