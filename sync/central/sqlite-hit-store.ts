import { closeSync, existsSync, openSync } from 'node:fs';
import { Fault } from '../../config/foundation/fault.ts';
import { type Database, openDatabase } from '../database/database.ts';
import { isDamaged } from '../database/is-damaged.ts';
import { refusesWrites } from '../database/refuses-writes.ts';
import { SqlHitStore } from './store/sql-hit-store.ts';
import { SqliteDatabase } from './store/sqlite-database.ts';
import { makeSqliteTables } from './store/sqlite-tables.ts';

/** A centre's store in one SQLite file, made when it does not exist. */
export class SqliteHitStore extends SqlHitStore {
  /** Throws `centre/store-damaged` and `centre/store-read-only`, which say what to do. */
  static open(path: string): SqliteHitStore {
    let database: Database | null = null;
    try {
      makeOurs(path);
      database = openDatabase(path);
      return new SqliteHitStore(database);
    } catch (cause) {
      database?.close();
      throw whyNot(path, cause);
    }
  }

  constructor(database: Database) {
    // Plates and pictures that were erased must not stay readable in pages that are free.
    database.pragma('secure_delete = ON');
    makeSqliteTables(database);
    super(new SqliteDatabase(database));
  }
}

/** Plates and pictures are for nobody else on the machine; SQLite gives the files beside this one its rights. */
function makeOurs(path: string): void {
  if (path !== ':memory:' && !existsSync(path)) closeSync(openSync(path, 'a', 0o600));
}

/** The store has the only copy of what nodes reported, so a damaged one is neither set aside nor made anew by itself. */
function whyNot(path: string, cause: unknown): unknown {
  const readOnly = cause instanceof Error && 'code' in cause && String(cause.code).startsWith('SQLITE_READONLY');
  const headDamaged = readOnly && refusesWrites(path);
  if (headDamaged || isDamaged(cause)) {
    const what = headDamaged ? 'it is damaged: its head lets nobody write' : 'it is damaged or no store';
    const copy = `sqlite3 ${path} "VACUUM INTO '${path}.copy'"`;
    const how = headDamaged ? ` (or with what ${copy} makes of it)` : '';
    return new Fault(
      'centre/store-damaged',
      `${path} cannot be used, ${what}. Move it away with its -wal and -shm files and put a backup in its place${how}; the nodes send again what was not confirmed`,
      { cause },
    );
  }
  if (readOnly) return new Fault('centre/store-read-only', `${path} may not be written; check its rights`, { cause });
  return cause;
}
