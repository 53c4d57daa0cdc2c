import { Fault } from '../../config/foundation/fault.ts';
import { type Log, silentLog } from '../../config/foundation/log.ts';
import { type Database, openDatabase } from '../database/database.ts';
import { isUnreadable } from '../database/is-damaged.ts';
import { isDiskFull } from '../database/is-full.ts';
import { refusesWrites } from '../database/refuses-writes.ts';
import { ReserveFile } from '../database/reserve-file.ts';
import { hasOutboxLayout } from './outbox-layout.ts';
import { finishSalvage, type Salvaged, salvageOutbox } from './outbox-salvage.ts';

/** More than SQLite's log holds before it is written back, together with the largest hit and its pictures. */
const reserveBytes = 8 * 1024 * 1024;

export interface OutboxFile {
  readonly database: Database;
  readonly reserve: ReserveFile;
  /** Null when the file was sound. */
  readonly salvaged: Salvaged | null;
}

/**
 * Opens an outbox's file whatever state the last end left it in: on a full disk with the reserve's room; a damaged one is
 * set aside, never deleted, and replaced by a new one with every hit that can still be read.
 */
export function openOutboxFile(
  path: string,
  options: { readonly reserveBytes?: number | undefined; readonly log?: Log | undefined } = {},
): OutboxFile {
  const log = options.log ?? silentLog;
  const reserve = new ReserveFile(`${path}.reserve`, options.reserveBytes ?? reserveBytes);
  // Before anything else takes the room: from here on a disk that fills up finds it held.
  reserve.renew();
  finishSalvage(path);
  let salvaged: Salvaged | null = null;
  const database = withReserve(reserve, log, (alone) => {
    const sound = openIfSound(path, alone);
    if (sound !== null) return sound;
    salvaged = salvageOutbox(path);
    const { setAside, hits, unreadable, pictures } = salvaged;
    log.event('error', 'outbox/salvaged', { setAside, hits, unreadable, pictures });
    return openOutbox(path, alone);
  });
  reserve.renew();
  return { database, reserve, salvaged };
}

function withReserve<T>(reserve: ReserveFile, log: Log, open: (alone: boolean) => T): T {
  const opened = unlessFull(() => open(false));
  if (opened !== 'full') return opened;
  log.event('error', 'outbox/disk-full');
  if (reserve.release()) {
    const again = unlessFull(() => open(false));
    if (again !== 'full') return again;
  }
  // Somebody else has that room as well: what is stored can still be read and sent.
  const alone = unlessFull(() => open(true));
  if (alone !== 'full') return alone;
  throw new Fault('outbox/no-room', 'the disk is full: free some space on the disk of the data folder');
}

function unlessFull<T>(open: () => T): T | 'full' {
  try {
    return open();
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    return 'full';
  }
}

function openOutbox(path: string, alone: boolean): Database {
  return openDatabase(path, { shrinks: true, alone });
}

/** Null when the file is damaged, be it only in what it says of its tables: found now, and not by the first hit. */
function openIfSound(path: string, alone: boolean): Database | null {
  if (refusesWrites(path)) return null;
  let database: Database | null = null;
  try {
    database = openOutbox(path, alone);
    const sound = database.pragma('integrity_check(1)', { simple: true }) === 'ok';
    if (sound && hasOutboxLayout(database)) return database;
  } catch (error) {
    // What is asked here is answered by every database, a new one first of all.
    if (!isUnreadable(error)) {
      database?.close();
      throw error;
    }
  }
  database?.close();
  return null;
}
