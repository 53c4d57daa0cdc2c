import { type Database, openDatabase } from '../database/database.ts';
import { confirmedPicturesSchema } from './confirmed-pictures.ts';
import { outboxSchema } from './outbox-schema.ts';
import { withdrawnSchema } from './withdrawn-hits.ts';

/** Makes the tables and indexes of an outbox that are not there yet. */
export function layOut(database: Database): void {
  database.exec(outboxSchema + withdrawnSchema + confirmedPicturesSchema);
}

/**
 * Whether every table and index of a file is one of an outbox, as this program makes it; some may be missing, as in a file that was
 * only begun or is of an earlier version. SQLite itself accepts a schema with a letter changed, and finds a table under another
 * name, or a column that is no longer there, only when it is asked for it.
 */
export function hasOutboxLayout(database: Database): boolean {
  const ours = new Map(outboxObjects().map((one) => [one.name, one]));
  return objectsOf(database).every((object) => {
    const known = ours.get(object.name);
    return known !== undefined && known.owner === object.owner && known.sql === object.sql;
  });
}

interface SchemaObject {
  readonly name: string;
  readonly owner: string;
  /** Null for the index that a UNIQUE or PRIMARY KEY makes. */
  readonly sql: string | null;
}

function outboxObjects(): readonly SchemaObject[] {
  const sound = openDatabase(':memory:');
  try {
    layOut(sound);
    return objectsOf(sound);
  } finally {
    sound.close();
  }
}

function objectsOf(database: Database): readonly SchemaObject[] {
  return database
    .prepare<[], { name: unknown; owner: unknown; sql: unknown }>(
      'SELECT name, tbl_name AS owner, sql FROM sqlite_schema',
    )
    .all()
    .map(({ name, owner, sql }) => ({
      name: String(name),
      owner: String(owner),
      sql: sql === null ? null : withoutComments(String(sql)),
    }));
}

/** SQLite keeps a statement as it was typed: a comment that is put better is no other table. */
function withoutComments(sql: string): string {
  return sql.replaceAll(/--.*$/gm, ' ').replaceAll(/\s+/g, ' ').trim();
}
