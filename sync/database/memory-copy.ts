import { readFileSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';

// https://www.sqlite.org/fileformat2.html#file_format_version_numbers
const versionsAt = 18;
const withoutLog = 1;

export interface MemoryCopy {
  readonly database: Database.Database;
  /** False when what was written last may be in the file's log, which could not be read. */
  readonly complete: boolean;
}

/**
 * A database in memory with what a file holds: on a read-only disk SQLite opens no file whose log is not there already, be it only to
 * read. Null when the file is larger than `mostBytes`. Throws what a missing or damaged file makes SQLite throw.
 */
export function copyIntoMemory(path: string, mostBytes: number): MemoryCopy | null {
  const logBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (statSync(path).size + logBytes > mostBytes) return null;
  const read = readBySqlite(path);
  const bytes = read ?? readFileSync(path);
  bytes.fill(withoutLog, versionsAt, versionsAt + 2);
  return { database: new Database(bytes), complete: read !== null || logBytes === 0 };
}

/** With what is in its log; null where SQLite cannot open it. */
function readBySqlite(path: string): Buffer | null {
  try {
    const database = new Database(path, { readonly: true });
    try {
      // Before all is asked for: what keeps SQLite from reading is told here only.
      database.pragma('schema_version');
      return database.serialize();
    } finally {
      database.close();
    }
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    return null;
  }
}
