import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Fault } from '../../../config/foundation/fault.ts';
import { type Log, silentLog } from '../../../config/foundation/log.ts';
import { type Database, type DatabaseOptions, openDatabase } from '../../database/database.ts';
import { isDamaged, isUnreadable } from '../../database/is-damaged.ts';
import { copyIntoMemory } from '../../database/memory-copy.ts';
import { refusesWrites } from '../../database/refuses-writes.ts';
import { floorColumns, type VersionFloor } from './list-statements.ts';
import { ListStore } from './list-store.ts';
import { listLayout } from './list-tables.ts';

export interface ListFile {
  readonly store: ListStore;
  readonly database: Database;
}

const mostBytesInMemory = 64 * 1024 * 1024;

/** Why a file cannot be used: nothing is wrong with one of another layout, another version of this program made it. */
type Unusable = 'damaged' | 'of-other-layout';

/**
 * Opens the list database whatever state it is in: a damaged one, or one of another layout, is set aside and a new one takes its
 * place, which list sync fills from the broker again. What is carried over is how new each list was, so that nobody can slip an
 * older version in.
 */
export function openListFile(
  path: string,
  options: { readonly log?: Log; readonly now?: () => number; readonly alone?: boolean } = {},
): ListFile {
  const log = options.log ?? silentLog;
  const marker = markerOf(path);
  if (!existsSync(path) && isWhole(newOf(path))) putNewInPlace(path);
  const found = existsSync(marker) || refusesWrites(path) ? 'damaged' : openIfUsable(path, options, isUnreadable);
  if (typeof found === 'object') return found;
  const { floors, layout } = readableFloors(path);
  makeEmpty(newOf(path), floors);
  const aside = asideOf(path, found, (options.now ?? Date.now)());
  // Said before it is done: after a power cut between, nobody would know why.
  const facts = { setAside: basename(aside), lists: floors.length };
  if (found === 'damaged') log.event('error', 'list/database-damaged', facts);
  else log.event('warn', 'list/database-of-other-layout', { layout, fetchedAgainAs: listLayout, ...facts });
  setAside(path, aside);
  putNewInPlace(path);
  // What a new file cannot read either is this program's own mistake.
  const fresh = openIfUsable(path, options, isDamaged);
  if (typeof fresh === 'string')
    throw new Fault('list/database-damaged', `${path} cannot be made anew; check its disk`);
  return fresh;
}

/**
 * Before the other file is touched: a disk may have no room for it, and what is carried over is in no other place. Without a log, because
 * SQLite is silent about one that it cannot write back at the last close, and only the file itself is renamed.
 */
function makeEmpty(path: string, floors: readonly VersionFloor[]): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
  const { store, database } = openListStore(path, { withoutLog: true });
  try {
    for (const floor of floors) store.raiseFloor(floor);
  } finally {
    database.close();
  }
}

/** However this is interrupted, the next opening finds the new file and none in its place, and does it again. */
function putNewInPlace(path: string): void {
  // They are of the file that was set aside, and SQLite would take the log for the new one's.
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
  rmSync(markerOf(path), { force: true });
  renameSync(newOf(path), path);
}

function isWhole(path: string): boolean {
  if (!existsSync(path)) return false;
  const found = openIfUsable(path, { withoutLog: true }, isUnreadable);
  if (typeof found === 'string') return false;
  found.database.close();
  return true;
}

/** What is found damaged later is marked for the next opening. */
function openIfUsable(
  path: string,
  options: DatabaseOptions,
  damaged: (error: unknown) => boolean,
): ListFile | Unusable {
  let opened: ListFile | null = null;
  try {
    opened = openListStore(path, options);
    opened.store.readThrough();
    return opened;
  } catch (error) {
    opened?.database.close();
    const broken = damaged(error) || isBrokenContent(error);
    if (!broken && !isOtherLayout(error)) throw error;
    rmSync(markerOf(path), { force: true });
    return broken ? 'damaged' : 'of-other-layout';
  }
}

/** Opens the list database as it is. What is found damaged is marked for the next `openListFile`. */
export function openListStore(path: string, options: DatabaseOptions = {}): ListFile {
  const database = openDatabase(path, options);
  // Look-ups hardly ever go to the disk, and what is written goes to its end: a quarter of the usual memory is enough (KiB when negative).
  database.pragma('cache_size = -4096');
  try {
    return { store: new ListStore(database, () => writeFileSync(markerOf(path), '')), database };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A list database that goes with this process, for a disk that takes none; no larger than a node's memory allows. */
export function openListsInMemory(): ListFile {
  const database = openDatabase(':memory:');
  boundInMemory(database);
  return { store: new ListStore(database), database };
}

/** The same with the lists of a file on a read-only disk; null when they cannot be used, or are larger than that. */
export function copyListsIntoMemory(path: string): ListFile | null {
  try {
    const copy = existsSync(markerOf(path)) ? null : copyIntoMemory(path, mostBytesInMemory);
    if (copy === null) return null;
    boundInMemory(copy.database);
    const store = new ListStore(copy.database);
    store.readThrough();
    return { store, database: copy.database };
  } catch (error) {
    // Its code says how; list sync fetches all lists anew.
    if (!(error instanceof Error && 'code' in error)) throw error;
    return null;
  }
}

/** What is there already can be read whatever its size: SQLite sets no bound below that. */
function boundInMemory(database: Database): void {
  database.pragma(`max_page_count = ${mostBytesInMemory / Number(database.pragma('page_size', { simple: true }))}`);
}

function markerOf(path: string): string {
  return `${path}.damaged`;
}

function newOf(path: string): string {
  return `${path}.new`;
}

function asideOf(path: string, why: Unusable, nowMs: number): string {
  return `${path}.${why}-${new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '')}`;
}

/** Rows that SQLite reads well, but that this program did not write so. */
function isBrokenContent(error: unknown): boolean {
  const codes = ['list/bad-manifest', 'list/incomplete', 'list/database-damaged'];
  return error instanceof Fault && codes.includes(error.code);
}

function isOtherLayout(error: unknown): boolean {
  return error instanceof Fault && error.code === 'list/other-layout';
}

function readableFloors(path: string): { readonly floors: readonly VersionFloor[]; readonly layout: number | null } {
  try {
    const database = openDatabase(path, { readonly: true });
    try {
      const layout = Number(database.pragma('user_version', { simple: true }));
      const floors = database.prepare<[], VersionFloor>(`SELECT ${floorColumns} FROM list`).all();
      return { floors, layout };
    } finally {
      database.close();
    }
  } catch {
    // What is damaged may be the very table: then nothing can be carried over, whatever SQLite calls it.
    return { floors: [], layout: null };
  }
}

/** Keeps one such file for whoever wants to know why; a second would cost a gantry's disk too much. */
function setAside(path: string, aside: string): void {
  const folder = dirname(path);
  const before = ['damaged', 'of-other-layout'].map((one) => `${basename(path)}.${one}-`);
  for (const name of readdirSync(folder))
    if (before.some((start) => name.startsWith(start))) rmSync(join(folder, name));
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
}
