import type { Database } from './database.ts';
import { isUnreadable } from './is-damaged.ts';

type Row = Readonly<Record<string, unknown>> & { readonly at: number };

/** How far to look beyond damage when the table's end cannot be read either. */
const lookAhead = 200_000;

/**
 * Every row of a damaged file's table that can still be read, by rowid: around a damaged page the rows on both sides are found.
 * `columns` is the SELECT's list; what comes back may be damaged itself and must be checked by whoever takes it.
 */
export function* readableRows(database: Database, table: string, columns: string): Generator<Row> {
  const select = (where: string): string => `SELECT rowid AS at, ${columns} FROM ${table} NOT INDEXED ${where}`;
  let at = 0;
  for (;;) {
    const rows = unlessUnreadable(() =>
      database.prepare<[number], Row>(select('WHERE rowid > ? ORDER BY rowid')).iterate(at),
    );
    if (rows === 'unreadable') return;
    for (;;) {
      const next = unlessUnreadable(() => rows.next());
      if (next === 'unreadable') break;
      if (next.done) return;
      at = next.value.at;
      yield next.value;
    }
    const beyond = nextReadable(database, select('WHERE rowid = ?'), at, lastRow(database, table) ?? at + lookAhead);
    if (beyond === null) return;
    at = beyond.at;
    yield beyond;
  }
}

function nextReadable(database: Database, sql: string, after: number, last: number): Row | null {
  const one = unlessUnreadable(() => database.prepare<[number], Row>(sql));
  if (one === 'unreadable') return null;
  for (let at = after + 1; at <= last; at += 1) {
    const row = unlessUnreadable(() => one.get(at));
    if (row !== 'unreadable' && row !== undefined) return row;
  }
  return null;
}

function lastRow(database: Database, table: string): number | null {
  const row = unlessUnreadable(() =>
    database.prepare<[], { last: number | null }>(`SELECT MAX(rowid) AS last FROM ${table} NOT INDEXED`).get(),
  );
  return row === 'unreadable' ? null : (row?.last ?? null);
}

/** The value, or `unreadable` when a file that is known to be damaged does not give it, or knows nothing of what was asked for. */
export function unlessUnreadable<T>(read: () => T): T | 'unreadable' {
  try {
    return read();
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return 'unreadable';
  }
}
