import { statSync } from 'node:fs';
import { type Log, silentLog } from '../../config/foundation/log.ts';
import type { Database } from '../database/database.ts';
import type { ReserveFile } from '../database/reserve-file.ts';
import { takesNothing } from '../database/takes-nothing.ts';

/** Free pages inside the file that are kept for the next hits. */
const keepFreePages = 1024;
/**
 * Pages given back in one go: moving them is work, and the disk is asked for it after each lot of receipts anyway. Fewer where the
 * log has no room for so many.
 */
const giveBackPages = [256, 32, 4];
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
    // SQLite is silent about a log that could not be written back, and goes on in what room the log has: were that more than the
    // reserve, the reserve would come too late.
    if (this.#reserve) this.#set('journal_size_limit', this.#reserve.bytes);
    if (!this.#short) this.#makeRoom(ownRoomBytes);
    else if (this.#writeLogBack()) this.#limitGrowth();
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
    if (!this.#writeLogBack()) return false;
    const atLimit = this.#ask('page_count') >= this.#ask('max_page_count');
    if (this.#short && (released || !atLimit || this.#freePages === 0)) this.#limitGrowth();
    // A file at its limit that cannot have more of the disk: only giving something up makes room.
    return released || this.#freePages > 0;
  }

  /** Lets the reserve go for somebody else's need. */
  giveUpReserve(): void {
    if (!this.#short) this.find();
  }

  /**
   * After a long queue has gone, most of the file is empty: it goes back to the disk, a little after each lot of receipts.
   * While the reserve is let go, all of it does, until the disk has room for the reserve again.
   */
  giveBack(): void {
    const free = this.#freePages;
    const enough = this.#short ? 0 : Math.max(keepFreePages, this.#ask('page_count') / 2);
    // Moving pages takes room in the log: no room, nothing moved.
    if (free > enough) giveBackPages.some((pages) => this.#moveOut(pages) || !this.#writeLogBack());
    // The disk has what was given back only once the file was cut off, which the log alone does not do.
    if (this.#short) this.#writeLogBack();
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

  get #freePages(): number {
    return this.#ask('freelist_count');
  }

  #moveOut(pages: number): boolean {
    return this.#unlessFull(() => this.#database.pragma(`incremental_vacuum(${pages})`));
  }

  /** What the log holds goes to its place in the file, and the log begins again where it lies. */
  #writeLogBack(): boolean {
    return this.#unlessFull(() => this.#database.pragma('wal_checkpoint(PASSIVE)'));
  }

  #hasRoomAgain(): boolean {
    if (!this.#reserve?.renew()) return false;
    this.#set('max_page_count', anyPageCount);
    this.#makeRoom(ownRoomBytes);
    this.#log.event('info', 'outbox/disk-has-room');
    return true;
  }

  /** A quarter of what the disk now has becomes the file's; from then on it stays as it is, until it is full. */
  #limitGrowth(): void {
    this.#set('max_page_count', anyPageCount);
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
    const there = Math.min(this.#freePages, Math.floor(sizeOf(`${this.#database.name}-wal`) / pageSize));
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
      if (!takesNothing(error)) throw error;
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
