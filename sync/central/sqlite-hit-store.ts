import { type Database, openDatabase } from '../database/database.ts';
import { SqlHitStore } from './store/sql-hit-store.ts';
import { SqliteDatabase } from './store/sqlite-database.ts';
import { makeSqliteTables } from './store/sqlite-tables.ts';

/** A centre's store in one SQLite file, made when it does not exist. */
export class SqliteHitStore extends SqlHitStore {
  static open(path: string): SqliteHitStore {
    return new SqliteHitStore(openDatabase(path));
  }

  constructor(database: Database) {
    makeSqliteTables(database);
    super(new SqliteDatabase(database));
  }
}
