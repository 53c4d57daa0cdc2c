import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Fault } from '../../config/foundation/fault.ts';
import { type Log, silentLog } from '../../config/foundation/log.ts';
import { type Database, openDatabase } from '../database/database.ts';
import { isDamaged } from '../database/is-damaged.ts';
import { ListStore, type VersionFloor } from './list-store.ts';

export interface ListFile {
  readonly store: ListStore;
  readonly database: Database;
}

/**
 * Opens the list database whatever state it is in: a damaged one is set aside and a new one takes its place, which list sync
 * fills from the broker again. What is carried over is how new each list was, so that nobody can slip an older version in.
 */
export function openListFile(
  path: string,
  options: { readonly log?: Log; readonly now?: () => number } = {},
): ListFile {
  const log = options.log ?? silentLog;
  const marker = markerOf(path);
  const sound = existsSync(marker) ? null : openIfSound(path, marker);
  if (sound !== null) return sound;
  const floors = readableFloors(path);
  const aside = setAside(path, (options.now ?? Date.now)());
  rmSync(marker, { force: true });
  log.event('error', 'list/database-damaged', { setAside: basename(aside), lists: floors.length });
  const fresh = openIfSound(path, marker);
  if (fresh === null) throw new Fault('list/database-damaged', `${path} cannot be made anew; check its disk`);
  for (const floor of floors) fresh.store.raiseFloor(floor);
  return fresh;
}

/** Null when the file is damaged. What is found damaged later is marked for the next opening. */
function openIfSound(path: string, marker: string): ListFile | null {
  let opened: ListFile | null = null;
  try {
    opened = openListStore(path);
    opened.store.readThrough();
    return opened;
  } catch (error) {
    opened?.database.close();
    if (isDamaged(error) || isBrokenContent(error)) {
      rmSync(marker, { force: true });
      return null;
    }
    throw error;
  }
}

/** Opens the list database as it is. What is found damaged is marked for the next `openListFile`. */
export function openListStore(path: string): ListFile {
  const database = openDatabase(path);
  try {
    return { store: new ListStore(database, () => writeFileSync(markerOf(path), '')), database };
  } catch (error) {
    database.close();
    throw error;
  }
}

function markerOf(path: string): string {
  return `${path}.damaged`;
}

/** Rows that SQLite reads well, but that this program did not write so, or that one of another layout wrote. */
function isBrokenContent(error: unknown): boolean {
  const codes = ['list/bad-manifest', 'list/incomplete', 'list/database-damaged', 'list/other-layout'];
  return error instanceof Fault && codes.includes(error.code);
}

function readableFloors(path: string): readonly VersionFloor[] {
  try {
    const database = openDatabase(path, { readonly: true });
    try {
      return database
        .prepare<[], VersionFloor>(
          `SELECT authority, name AS list, accepted_generation AS generation, accepted_version AS version,
                  issued_ms AS issuedMs FROM list`,
        )
        .all();
    } finally {
      database.close();
    }
  } catch {
    // What is damaged may be the very table: then nothing can be carried over, whatever SQLite calls it.
    return [];
  }
}

/** Keeps one damaged file for whoever wants to know why; a second would cost a gantry's disk too much. */
function setAside(path: string, nowMs: number): string {
  const folder = dirname(path);
  const before = `${basename(path)}.damaged-`;
  for (const name of readdirSync(folder)) if (name.startsWith(before)) rmSync(join(folder, name));
  const aside = `${path}.damaged-${new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '')}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  return aside;
}
