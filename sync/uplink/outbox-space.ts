import { statSync } from 'node:fs';
import { type Log, silentLog } from '../../config/foundation/log.ts';
import type { Database } from '../database/database.ts';
import { isDiskFull } from '../database/is-full.ts';
import type { ReserveFile } from '../database/reserve-file.ts';

/** Free pages inside the file that are kept for the next hits. */
const keepFreePages = 1024;
/** Pages given back in one go: moving them is work, and the disk is asked for it after each lot of receipts anyway. */
const giveBackPages = 256;
/** Room for some hundred hits that the file has before any disk is full. */
const ownRoomBytes = 1024 * 1024;
/** How often a disk that was full is asked whether it has room again. */
const lookAgainMs = 500;
/** SQLite's own limit. */
const anyPageCount = 0xfffffffe;

/**
 * The room that an outbox's file takes.
 *
 * Invariant: while the reserve is held, SQLite's log can be written back even when the disk has nothing else left; while it
 * is let go the file hardly grows, so that the log can always be written back and begun again where it lies.
 */
export class OutboxSpace {
  readonly #database: Database;
  readonly #reserve: ReserveFile | undefined;
  readonly #log: Log;

  constructor(
    database: Database,
    options: { readonly reserve?: ReserveFile | undefined; readonly log?: Log | undefined },
  ) {
    this.#database = database;
    this.#reserve = options.reserve;
    this.#log = options.log ?? silentLog;
    // The other half is for one more hit with its pictures, which may come before the log is written back.
    if (this.#reserve) this.#set('wal_autocheckpoint', Math.floor(this.#reserve.bytes / 2 / this.#ask('page_size')));
    if (this.#short) this.#limitGrowth();
    else this.#makeRoom(ownRoomBytes);
  }

  /** What hits and pictures take; free pages inside the file count as room. */
  usedBytes(): number {
    return (this.#ask('page_count') - this.#ask('freelist_count')) * this.#ask('page_size');
  }

  /** After a full disk stopped a write: finds room that costs no evidence, and says whether trying again is worth it. */
  find(): boolean {
    if (this.#short && this.#hasRoomAgain()) return true;
    const released = this.#reserve?.release() ?? false;
    if (released) this.#log.event('error', 'outbox/disk-full');
    // The file itself is at its limit: only giving something up makes room.
    if (!released && this.#ask('freelist_count') === 0 && this.#ask('page_count') >= this.#ask('max_page_count'))
      return false;
    if (!this.#unlessFull(() => this.#database.pragma('wal_checkpoint(PASSIVE)'))) return false;
    if (released) this.#limitGrowth();
    return true;
  }

  /**
   * After a long queue has gone, most of the file is empty: it goes back to the disk, a little after each lot of receipts.
   * While the reserve is let go, all of it does, until the disk has room for the reserve again.
   */
  giveBack(): void {
    const free = this.#ask('freelist_count');
    const enough = this.#short ? 0 : Math.max(keepFreePages, this.#ask('page_count') / 2);
    // Moving pages takes room in the log: no room, nothing moved.
    if (free > enough) this.#unlessFull(() => this.#database.pragma(`incremental_vacuum(${giveBackPages})`));
    if (this.#short) this.#hasRoomAgain();
  }

  /**
   * To be called now and then: takes the reserve again once the disk has room, although no receipt comes by. Returns in how many
   * milliseconds to look again; for ever when nothing is to do.
   */
  tend(): number {
    if (this.#short) this.giveBack();
    return this.#short ? lookAgainMs : Number.POSITIVE_INFINITY;
  }

  get #short(): boolean {
    return this.#reserve !== undefined && !this.#reserve.held;
  }

  #hasRoomAgain(): boolean {
    if (!this.#reserve?.renew()) return false;
    this.#set('max_page_count', anyPageCount);
    this.#makeRoom(ownRoomBytes);
    this.#log.event('info', 'outbox/disk-has-room');
    return true;
  }

  /** A quarter of what the disk now has becomes the file's; from then on it stays as it is. */
  #limitGrowth(): void {
    this.#makeRoom((this.#reserve?.freeBytes() ?? 0) / 4);
    this.#set('max_page_count', this.#ask('page_count'));
  }

  /**
   * Free pages of the file, in their place on the disk where no other program can take them; the log that wrote them there keeps
   * as much room. Made while there is plenty: when a disk fills up, whoever fills it takes what the reserve lets go as well.
   */
  #makeRoom(bytes: number): void {
    const pageSize = this.#ask('page_size');
    const pages = Math.floor(Math.min(bytes, (this.#reserve?.bytes ?? 0) / 4) / pageSize);
    const there = Math.min(this.#ask('freelist_count'), Math.floor(sizeOf(`${this.#database.name}-wal`) / pageSize));
    if (pages > there) this.#unlessFull(() => this.#writeFree(pages));
  }

  #writeFree(pages: number): void {
    const filler = pages * this.#ask('page_size');
    this.#database.exec(`BEGIN IMMEDIATE; CREATE TABLE room (filler BLOB) STRICT;
      INSERT INTO room VALUES (zeroblob(${filler})); DROP TABLE room; COMMIT`);
    this.#database.pragma('wal_checkpoint(PASSIVE)');
  }

  #unlessFull(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      if (!isDiskFull(error)) throw error;
      return false;
    }
  }

  #ask(pragma: string): number {
    return Number(this.#database.pragma(pragma, { simple: true }));
  }

  #set(pragma: string, value: number): void {
    this.#database.pragma(`${pragma} = ${value}`);
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
