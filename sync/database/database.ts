import Database from 'better-sqlite3';

export type { Database } from 'better-sqlite3';

/**
 * Opens (or makes) a SQLite file with the durability that the node promises.
 * The settings are given at every opening: SQLite keeps only journal_mode in the file.
 */
export function openDatabase(path: string): Database.Database {
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.pragma('busy_timeout = 5000');
  return database;
}
