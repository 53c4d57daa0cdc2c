import { type Log, silentLog } from '../../config/foundation/log.ts';
import type { Database } from '../database/database.ts';
import type { ReserveFile } from '../database/reserve-file.ts';
import { encodeMessage } from './cloud-event.ts';
import type { Look } from './confirmed-pictures.ts';
import { HeldHits, inSendingOrder, type WaitingHit } from './held-hits.ts';
import { evidenceKinds, type Hit, type Receipt } from './hit.ts';
import type { AppendOutcome } from './hit-admission.ts';
import type { HitEndListener } from './hit-ends.ts';
import { type EvidencePictures, picturesOf } from './make-hit.ts';
import { dropCounter, type OutboxCounts, outboxCounts } from './outbox-counts.ts';
import { openOutboxFile } from './outbox-file.ts';
import { type OutboxParts, outboxParts } from './outbox-parts.ts';
import { OutboxReopening } from './outbox-reopening.ts';
import type { Salvaged } from './outbox-salvage.ts';
import type { PictureKey, ReadyPicture } from './outbox-schema.ts';
import { SetAsideOutboxes } from './set-aside-outboxes.ts';

export type { PictureKey } from './outbox-schema.ts';

export interface OutboxOptions {
  /** What hits and pictures together may take on disk. */
  readonly diskBudgetBytes: number;
  /** Room that is let go when the disk is full, so that what is given up can be deleted. */
  readonly reserve?: ReserveFile | undefined;
  /** Where hits wait for which the disk has no room at all. */
  readonly held?: HeldHits | undefined;
  readonly log?: Log | undefined;
  /** What was carried over of a damaged file. */
  readonly salvaged?: Salvaged | null | undefined;
  /** Damaged files of earlier times. */
  readonly setAside?: SetAsideOutboxes | undefined;
  /** For a database that refuses writes because its file's disk does. */
  readonly reopening?: OutboxReopening | undefined;
}

export interface OutboxFileOptions extends Omit<OutboxOptions, 'reserve' | 'salvaged' | 'setAside' | 'reopening'> {
  readonly reserveBytes?: number | undefined;
}

/** The message that takes a hit back, as it will travel. */
export interface Withdrawal {
  readonly id: string;
  readonly timeMs: number;
  readonly body: Uint8Array;
}

/** How often a disk without room is tried again for hits that are in memory only. */
const writeAgainMs = 500;

/**
 * Hits that the centre has not confirmed yet, on disk.
 *
 * Invariants: a hit is here, durably, before append returns; it leaves only by the centre's receipt, or when the disk
 * is full and nothing less worthy is left (the reserve goes first, then scenes, then plate crops, then hits, least urgent
 * and oldest first), and each one dropped is counted. A disk that takes nothing at all is the exception: then a hit is held
 * in memory, and no hit is dropped while there is room there.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #held: HeldHits;
  readonly #log: Log;
  readonly #listeners = new Set<() => void>();
  readonly #endListeners = new Set<HitEndListener>();
  /** Exchanged when a file that could not be written is opened anew. */
  #parts: OutboxParts;
  #reopening: OutboxReopening | undefined;
  /** What was carried over of a damaged file when this one was opened; null when none was. */
  readonly salvaged: Salvaged | null;

  /**
   * Opens the outbox's file, or makes it; a damaged one is set aside and what can be read of it carried over. On a disk that takes
   * nothing it sends what can be read and holds new hits in memory, until the disk takes them.
   */
  static open(path: string, options: OutboxFileOptions): Outbox {
    const { database, reserve, salvaged, writable } = openOutboxFile(path, options);
    const reopening = writable ? undefined : new OutboxReopening({ ...options, path, reserve });
    const setAside = new SetAsideOutboxes(path, options.log);
    return new Outbox(database, { ...options, reserve, salvaged, setAside, reopening });
  }

  constructor(database: Database, options: OutboxOptions) {
    this.#options = options;
    this.#held = options.held ?? new HeldHits();
    this.#log = options.log ?? silentLog;
    this.salvaged = options.salvaged ?? null;
    this.#reopening = options.reopening;
    this.#parts = this.#partsOn(database, options.reserve);
  }

  /**
   * Writes a hit and its pictures; when this returns `onDisk`, no crash loses it. `body` is the hit as it will travel,
   * where that is signed or sealed, as its pictures then are too.
   */
  append(hit: Hit, evidence: EvidencePictures = {}, body: Uint8Array = encodeMessage(hit)): AppendOutcome {
    const outcome = this.#admission.admit(waitingHit(hit, body), picturesOf(evidence));
    if (outcome.stored) for (const listener of [...this.#listeners]) listener();
    return outcome;
  }

  /**
   * Takes a hit back that still waits: its withdrawal follows it, as urgent as it was. What has no room now may be tried again;
   * a hit that is in memory only has none yet.
   */
  withdraw(hitId: string, message: Withdrawal): 'withdrawn' | 'not-waiting' | 'no-room' {
    const hit = this.#statements.hitPlace.get(hitId);
    if (!hit) return this.#held.all.some(({ id }) => id === hitId) ? 'no-room' : 'not-waiting';
    if (this.#withdrawn.has(hitId)) return 'not-waiting';
    const done = this.#writes.unlessFull(() => {
      this.#statements.addHit.run(message.id, hit.urgency, message.timeMs, hit.discreet, message.body);
      this.#withdrawn.add(hitId, message.id);
      this.#statements.count.run('withdrawalsMade', 1);
    });
    if (!done) return 'no-room';
    for (const listener of [...this.#listeners]) listener();
    return 'withdrawn';
  }

  /** The next hits that wait and were not taken back, in the order of their ids; `after` the last one given before. */
  waiting(after: string, most: number): readonly { readonly id: string; readonly body: Uint8Array }[] {
    return this.#statements.notWithdrawn.all(after, most);
  }

  onAppended(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onEnded(listener: HitEndListener): () => void {
    this.#endListeners.add(listener);
    return () => this.#endListeners.delete(listener);
  }

  /** The most urgent, then oldest hit that `wanted` accepts. */
  firstHit(wanted: (id: string) => boolean): { readonly id: string; readonly body: Uint8Array } | null {
    const held = this.#held.first(wanted);
    const place = first(this.#statements.hitsInOrder.iterate(), (row) => wanted(row.id));
    if (held !== null && (place === null || inSendingOrder(held, place) < 0)) return { id: held.id, body: held.body };
    const body = place === null ? undefined : this.#statements.hitBody.get(place.id)?.body;
    return place === null || body === undefined ? null : { id: place.id, body };
  }

  /** The first picture whose turn has come that `wanted` accepts: plates before scenes, then as hits. */
  firstPicture(wanted: (picture: ReadyPicture) => boolean): (PictureKey & { readonly jpeg: Uint8Array }) | null {
    const key = first(this.#statements.picturesInOrder.iterate(), wanted);
    const jpeg = key && this.#statements.picture.get(key.hitId, key.kind)?.jpeg;
    return key && jpeg ? { hitId: key.hitId, kind: key.kind, jpeg } : null;
  }

  /** Whether a hit, or the withdrawal of one, is still here. */
  isWaiting(id: string): boolean {
    return this.#statements.hitPlace.get(id) !== undefined || this.#held.all.some((hit) => hit.id === id);
  }

  /** Whether this is a hit that waits here and of which a person at the node may know. */
  isOpen(id: string): boolean {
    return this.#ends.isOpen(id);
  }

  /**
   * Gives pictures their turn once some recipients of their hit have it; the hit stays, for the others. What a full disk has no
   * room for is done at the next receipt.
   */
  startPictures(hitIds: readonly string[]): void {
    const unready = hitIds.filter((id) => this.#statements.unreadyPicture.get(id) !== undefined);
    if (unready.length > 0)
      this.#writes.unlessFull(() => {
        for (const id of unready) this.#statements.readyPictures.run(id);
      });
  }

  /** Takes the centre's word; false when it speaks of nothing that waits here (a second receipt, an unknown id). */
  receive(receipt: Receipt['data']): boolean {
    return this.receiveAll([receipt])[0] ?? false;
  }

  /**
   * Takes what the centre said in one go, because each transaction waits for the disk; one by one when a full disk's last room
   * does not suffice for all. What it does not suffice for is sent again and the centre says it again.
   */
  receiveAll(receipts: readonly Receipt['data'][]): readonly boolean[] {
    const open = new Set(receipts.filter(({ hit, part }) => part === 'hit' && this.#ends.isOpen(hit)));
    const fromMemory = receipts.map(({ hit, part }) => part === 'hit' && this.#admission.confirmHeld(hit));
    let taken: readonly boolean[] = [];
    const done = this.#writes.unlessFull(() => {
      taken = receipts.map((receipt, index) => fromMemory[index] || this.#take(receipt));
    });
    if (!done) taken = receipts.map((receipt, index) => fromMemory[index] || this.#takeAlone(receipt));
    this.#space.giveBack();
    const received = receipts.filter((receipt, index) => taken[index] && open.has(receipt));
    this.#ends.tell(
      'received',
      received.map(({ hit }) => hit),
    );
    return taken;
  }

  /**
   * Gives up pictures that have been here for so long since their hit was confirmed, each counted. To be called now and then; false
   * when the disk had no room for it.
   */
  expirePictures(look: Look, keepMs: number): boolean {
    if (!this.#confirmed.any) return true;
    return this.#writes.unlessFull(() => {
      this.#confirmed.look(look);
      for (const hitId of this.#confirmed.olderThan(keepMs))
        for (const kind of evidenceKinds) {
          this.#statements.removeReady.run(hitId, kind);
          const { changes } = this.#statements.removePicture.run(hitId, kind);
          this.#statements.count.run(dropCounter(kind), changes);
        }
    });
  }

  /** Removes damaged files that were set aside and have been here for so long; to be called, and answers, as `expirePictures`. */
  expireSetAside(look: Look, keepMs: number): boolean {
    return this.#options.setAside?.expire(look, keepMs) ?? true;
  }

  /**
   * Keeps the reserve in its place, opens a file anew that could not be written, and writes what is in memory only; returns in how
   * many milliseconds to call it again, for ever when nothing is to do.
   */
  tend(): number {
    this.#reopenIfDue();
    const waitMs = this.#space.tend();
    this.#admission.writeHeld();
    const toDo = this.#held.all.length > 0 || this.#reopening !== undefined;
    return toDo ? Math.min(waitMs, writeAgainMs) : waitMs;
  }

  /** Room on the disk for what must be opened beside the outbox, once there is none left; taken again like after any full disk. */
  giveUpReserve(): void {
    this.#space.giveUpReserve();
  }

  counts(): OutboxCounts {
    const counts = outboxCounts(this.#statements, this.#writes.owed, this.#held);
    return { ...counts, usedBytes: this.#space.usedBytes() };
  }

  /** Writes what is still in memory, if the disk lets it: what it does not ends here. */
  close(): void {
    if (this.#held.all.length > 0) this.#reopenIfDue();
    this.#admission.writeHeld();
    const lost = this.#held.open;
    if (lost.length > 0) this.#log.event('error', 'outbox/hits-lost', { hits: lost.length });
    this.#ends.tell(
      'given-up',
      lost.map(({ id }) => id),
    );
    this.#database.close();
  }

  #partsOn(database: Database, reserve: ReserveFile | undefined): OutboxParts {
    return outboxParts(database, { ...this.#options, reserve, held: this.#held, endListeners: this.#endListeners });
  }

  #reopenIfDue(): void {
    if (!this.#reopening?.isDue) return;
    this.#database.close();
    const { database, reserve, writable } = this.#reopening.open();
    const { owed } = this.#writes;
    this.#parts = this.#partsOn(database, reserve);
    for (const [counter, count] of owed) this.#writes.owe(counter, count);
    if (!writable) return;
    this.#reopening = undefined;
    this.#log.event('info', 'outbox/writable-again');
  }

  get #database(): Database {
    return this.#parts.database;
  }
  get #space() {
    return this.#parts.space;
  }
  get #statements() {
    return this.#parts.statements;
  }
  get #withdrawn() {
    return this.#parts.withdrawn;
  }
  get #confirmed() {
    return this.#parts.confirmed;
  }
  get #writes() {
    return this.#parts.writes;
  }
  get #ends() {
    return this.#parts.ends;
  }
  get #admission() {
    return this.#parts.admission;
  }

  #takeAlone(receipt: Receipt['data']): boolean {
    let taken = false;
    const done = this.#writes.unlessFull(() => {
      taken = this.#take(receipt);
    });
    return done && taken;
  }

  #take({ hit, part, outcome }: Receipt['data']): boolean {
    const statements = this.#statements;
    if (part === 'hit') {
      if (statements.removeHit.run(hit).changes === 0) return false;
      statements.readyPictures.run(hit);
      statements.count.run(this.#withdrawn.isMessage(hit) ? 'withdrawalsReceived' : 'hitsReceived', 1);
      this.#withdrawn.left(hit);
      return true;
    }
    // A picture's receipt counts only once its hit was received, whatever a stranger sends.
    if (statements.removeReady.run(hit, part).changes === 0) return false;
    statements.removePicture.run(hit, part);
    statements.count.run(outcome === 'stored' ? 'picturesReceived' : 'picturesRefused', 1);
    return true;
  }
}

function first<Row>(rows: IterableIterator<Row>, wanted: (row: Row) => boolean): Row | null {
  for (const row of rows) if (wanted(row)) return row;
  return null;
}

function waitingHit(hit: Hit, body: Uint8Array): WaitingHit {
  const { priority, action } = hit.data.entry;
  const timeMs = Date.parse(hit.time);
  return { id: hit.id, urgency: priority, timeMs, discreet: action === 'discreet-check', body };
}
