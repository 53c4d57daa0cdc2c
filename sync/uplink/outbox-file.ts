import { type Log, silentLog } from '../../config/foundation/log.ts';
import { type Database, openDatabase } from '../database/database.ts';
import { isUnreadable } from '../database/is-damaged.ts';
import { refusesWrites } from '../database/refuses-writes.ts';
import { ReserveFile } from '../database/reserve-file.ts';
import { onReadOnlyDisk, takesNothing } from '../database/takes-nothing.ts';
import { hasOutboxLayout } from './outbox-layout.ts';
import { finishSalvage, type Salvaged, salvageOutbox } from './outbox-salvage.ts';
import { openOutboxToRead } from './outbox-to-read.ts';

/** More than SQLite's log holds before it is written back, together with the largest hit and its pictures. */
const reserveBytes = 8 * 1024 * 1024;

export interface OutboxFile {
  readonly database: Database;
  readonly reserve: ReserveFile;
  /** Null when the file was sound. */
  readonly salvaged: Salvaged | null;
  /** False on a disk that takes nothing: every write is refused, and what can be read is there. */
  readonly writable: boolean;
}

/**
 * Opens an outbox's file whatever state the last end left it in: on a full disk with the reserve's room; a damaged one is
 * set aside and replaced by a new one with every hit that can still be read; on a disk that takes nothing to be
 * read only.
 */
export function openOutboxFile(
  path: string,
  options: { readonly reserveBytes?: number | undefined; readonly log?: Log | undefined } = {},
): OutboxFile {
  const log = options.log ?? silentLog;
  const reserve = new ReserveFile(`${path}.reserve`, options.reserveBytes ?? reserveBytes);
  // Before anything else takes the room: from here on a disk that fills up finds it held.
  reserve.renew();
  let salvaged: Salvaged | null = null;
  const database = onReadOnlyDisk(path)
    ? null
    : withReserve(reserve, log, (alone) => {
        finishSalvage(path);
        const sound = openIfSound(path, alone);
        if (sound !== null) return sound;
        salvaged = salvageOutbox(path);
        const fresh = openOutbox(path, alone);
        // What is discreet cannot be told of what was lost, nor of pictures: only the health message counts those, for the centre.
        log.event('error', 'outbox/salvaged', { setAside: salvaged.setAside, openHits: openHitsIn(fresh) });
        return fresh;
      });
  if (database !== null) {
    reserve.renew();
    return { database, reserve, salvaged, writable: true };
  }
  const { staysBehind, ...toRead } = openOutboxToRead(path);
  log.event('error', 'outbox/not-writable', { staysBehind });
  return { ...toRead, reserve, salvaged, writable: false };
}

/** Null when the disk takes nothing at all. */
function withReserve<T>(reserve: ReserveFile, log: Log, open: (alone: boolean) => T): T | null {
  const opened = unlessFull(() => open(false));
  if (opened !== 'full') return opened;
  log.event('error', 'outbox/disk-full');
  if (reserve.release()) {
    const again = unlessFull(() => open(false));
    if (again !== 'full') return again;
  }
  // Somebody else has that room as well: what is stored can still be read and sent.
  const alone = unlessFull(() => open(true));
  return alone === 'full' ? null : alone;
}

function unlessFull<T>(open: () => T): T | 'full' {
  try {
    return open();
  } catch (error) {
    if (!takesNothing(error)) throw error;
    return 'full';
  }
}

function openHitsIn(database: Database): number {
  return database.prepare<[], { n: number }>('SELECT COUNT(*) AS n FROM hits WHERE discreet = 0').get()?.n ?? 0;
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
