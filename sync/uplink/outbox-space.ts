import { type Log, silentLog } from '../../config/foundation/log.ts';
import type { Database } from '../database/database.ts';
import { isDiskFull } from '../database/is-full.ts';
import type { ReserveFile } from '../database/reserve-file.ts';

/** Free pages inside the file that are kept for the next hits. */
const keepFreePages = 1024;
/** Pages given back in one go: moving them is work, and the disk is asked for it after each lot of receipts anyway. */
const giveBackPages = 256;
/** SQLite's own limit. */
const anyPageCount = 0xfffffffe;

/**
 * The room that an outbox's file takes.
 *
 * Invariant: while the reserve is held, SQLite's log can be written back even when the disk has nothing else left; while it
 * is let go the file does not grow, so that the log can always be written back and begun again where it lies.
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
    if (this.#short) this.#stopGrowing();
  }

  /** What hits and pictures take; free pages inside the file count as room. */
  usedBytes(): number {
    return (this.#ask('page_count') - this.#ask('freelist_count')) * this.#ask('page_size');
  }

  /** After a full disk stopped a write: finds room that costs no evidence, and says whether trying again is worth it. */
  find(): boolean {
    const released = this.#reserve?.release() ?? false;
    if (released) this.#log.event('error', 'outbox/disk-full');
    // The file itself is at its limit: only giving something up makes room.
    if (!released && this.#ask('freelist_count') === 0 && this.#ask('page_count') >= this.#ask('max_page_count'))
      return false;
    if (!this.#unlessFull(() => this.#database.pragma('wal_checkpoint(PASSIVE)'))) return false;
    if (this.#short) this.#stopGrowing();
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
    if (this.#short && this.#reserve?.renew()) {
      this.#set('max_page_count', anyPageCount);
      this.#log.event('info', 'outbox/disk-has-room');
    }
  }

  get #short(): boolean {
    return this.#reserve !== undefined && !this.#reserve.held;
  }

  #stopGrowing(): void {
    this.#set('max_page_count', this.#ask('page_count'));
  }

  #unlessFull(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
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
