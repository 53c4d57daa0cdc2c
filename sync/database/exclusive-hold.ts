import Database from 'better-sqlite3';
import { Fault } from '../../config/foundation/fault.ts';

/**
 * Holds a file for this process alone; SQLite's lock on it goes with the process, however that ends.
 * Throws `database/held`, with the text of `otherwise`, when another process holds it for longer than `waitMs`, for which nothing
 * else in this process happens. Returns how to let go.
 */
export function holdExclusively(path: string, otherwise = `another process holds ${path}`, waitMs = 0): () => void {
  const database = new Database(path, { timeout: waitMs });
  try {
    // Nothing is ever written, and a full disk has no room for a journal.
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    if (!String((cause as { code?: unknown }).code).startsWith('SQLITE_BUSY')) throw cause;
    throw new Fault('database/held', otherwise, { cause });
  }
  return () => database.close();
}
