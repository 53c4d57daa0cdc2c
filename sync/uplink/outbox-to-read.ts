import { existsSync } from 'node:fs';
import { type Database, openDatabase } from '../database/database.ts';
import { copyIntoMemory } from '../database/memory-copy.ts';
import { hasOutboxLayout, layOut } from './outbox-layout.ts';

export interface OutboxToRead {
  /** Refuses every write, as a disk that takes nothing does. */
  readonly database: Database;
  /** Hits may be in the file that are not given here: they are sent once it can be written again. */
  readonly staysBehind: boolean;
}

/** No larger than a node's memory allows. */
const mostBytesInMemory = 64 * 1024 * 1024;

/**
 * An outbox's file on a disk that takes nothing: what can be read of it can be sent, and new hits are held in memory. The file itself
 * where SQLite opens it, otherwise a copy in memory, otherwise nothing.
 */
export function openOutboxToRead(path: string): OutboxToRead {
  // A salvage that was complete and could not be put in its place yet.
  const source = existsSync(`${path}.salvaged`) ? `${path}.salvaged` : path;
  const own = ifSound(() => ({ database: openDatabase(source, { readonly: true }), complete: true }));
  if (own !== null) return own;
  const copy = ifSound(() => copyIntoMemory(source, mostBytesInMemory));
  if (copy !== null) return copy;
  const empty = openDatabase(':memory:');
  layOut(empty);
  return { database: refusing(empty), staysBehind: existsSync(source) };
}

/** Null for what is damaged, too large, or cannot be read for any other reason: nothing of it is changed, so nothing is lost by that. */
function ifSound(open: () => { readonly database: Database; readonly complete: boolean } | null): OutboxToRead | null {
  let database: Database | null = null;
  try {
    const opened = open();
    database = opened?.database ?? null;
    if (opened !== null && isSound(opened.database))
      return { database: refusing(opened.database), staysBehind: !opened.complete };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
  database?.close();
  return null;
}

/** A file of an earlier version lacks tables, which only a copy can be given. */
function isSound(database: Database): boolean {
  if (database.pragma('integrity_check(1)', { simple: true }) !== 'ok' || !hasOutboxLayout(database)) return false;
  layOut(database);
  return true;
}

function refusing(database: Database): Database {
  database.pragma('query_only = ON');
  return database;
}
