import { type Log, silentLog } from '../../config/foundation/log.ts';
import type { Database } from '../database/database.ts';
import { isDiskFull } from '../database/is-full.ts';
import type { ReserveFile } from '../database/reserve-file.ts';
import { encodeMessage } from './cloud-event.ts';
import type { EvidenceKind, Hit, Receipt } from './hit.ts';
import { type EvidencePictures, picturesOf } from './make-hit.ts';
import { openOutboxFile } from './outbox-file.ts';
import { outboxSchema, outboxStatements, type PictureKey } from './outbox-schema.ts';
import { OutboxSpace } from './outbox-space.ts';

export type { PictureKey } from './outbox-schema.ts';

export interface OutboxOptions {
  /** What hits and pictures together may take on disk. */
  readonly diskBudgetBytes: number;
  /** Room that is let go when the disk is full, so that what is given up can be deleted. */
  readonly reserve?: ReserveFile | undefined;
  readonly log?: Log | undefined;
}

export interface OutboxFileOptions extends Omit<OutboxOptions, 'reserve'> {
  readonly reserveBytes?: number | undefined;
}

export const outboxCounters = [
  'hitsAppended',
  'hitsReceived',
  'hitsDropped',
  'picturesReceived',
  'picturesRefused',
  'platesDropped',
  'scenesDropped',
  /** Read out of a damaged outbox, and known to have been in it but unreadable. */
  'hitsSalvaged',
  'hitsUnreadable',
] as const;
export type OutboxCounter = (typeof outboxCounters)[number];

/** The counters since the outbox was made, and what waits in it now. No plate is in here. */
export type OutboxCounts = Readonly<Record<OutboxCounter, number>> & {
  readonly hitsWaiting: number;
  readonly picturesWaiting: number;
  readonly oldestHitMs: number | null;
  /** Without hits that ask for a discreet check: what a person at the node may see. */
  readonly openHitsWaiting: number;
  readonly oldestOpenHitMs: number | null;
  readonly usedBytes: number;
};

/** `stored` false: the disk held nothing less worthy that could have made room for this hit. */
export interface AppendOutcome {
  readonly stored: boolean;
  readonly pictures: readonly EvidenceKind[];
}

type Picture = ReturnType<typeof picturesOf>[number];

/**
 * Hits that the centre has not confirmed yet, on disk.
 *
 * Invariants: a hit is here, durably, before append returns; it leaves only by the centre's receipt, or when the disk
 * is full and nothing less worthy is left (the reserve goes first, then scenes, then plate crops, then hits, least urgent
 * and oldest first), and each one dropped is counted.
 */
export class Outbox {
  readonly #database: Database;
  readonly #budgetBytes: number;
  readonly #space: OutboxSpace;
  readonly #log: Log;
  readonly #listeners = new Set<() => void>();
  readonly #statements;
  /** What a disk without any room could not count: it is counted with what is written next. */
  readonly #owed = new Map<OutboxCounter, number>();

  /** Opens the outbox's file, or makes it; a damaged one is set aside and what can be read of it carried over. */
  static open(path: string, options: OutboxFileOptions): Outbox {
    const { database, reserve } = openOutboxFile(path, options);
    return new Outbox(database, { ...options, reserve });
  }

  constructor(database: Database, options: OutboxOptions) {
    this.#database = database;
    // A stolen box must not give back hits that were sent long ago.
    this.#database.pragma('secure_delete = ON');
    this.#database.exec(outboxSchema);
    this.#budgetBytes = options.diskBudgetBytes;
    this.#space = new OutboxSpace(database, options);
    this.#log = options.log ?? silentLog;
    this.#statements = outboxStatements(this.#database);
  }

  /**
   * Writes a hit and its pictures; when this returns `stored`, no crash loses it. `body` is the hit as it will travel,
   * where that is signed or sealed, as its pictures then are too.
   */
  append(hit: Hit, evidence: EvidencePictures = {}, body: Uint8Array = encodeMessage(hit)): AppendOutcome {
    let pictures = picturesOf(evidence);
    while (!this.#store(hit, pictures, body)) {
      if (this.#dropStoredPicture('scene')) continue;
      if (pictures.some((one) => one.kind === 'scene')) pictures = this.#leaveOut(pictures, 'scene');
      else if (this.#dropStoredPicture('plate')) continue;
      else if (pictures.length > 0) pictures = this.#leaveOut(pictures, 'plate');
      else if (!this.#dropHitFor(hit)) {
        this.#count('hitsDropped');
        this.#log.event('error', 'outbox/hit-not-stored', { hit: hit.id });
        return { stored: false, pictures: [] };
      }
    }
    for (const listener of [...this.#listeners]) listener();
    return { stored: true, pictures: pictures.map((one) => one.kind) };
  }

  onAppended(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The most urgent, then oldest hit that `wanted` accepts. */
  firstHit(wanted: (id: string) => boolean): { readonly id: string; readonly body: Uint8Array } | null {
    const id = first(this.#statements.hitsInOrder.iterate(), (row) => wanted(row.id))?.id;
    const body = id === undefined ? undefined : this.#statements.hitBody.get(id)?.body;
    return id === undefined || body === undefined ? null : { id, body };
  }

  /** The first picture of a received hit that `wanted` accepts: plates before scenes, then as hits. */
  firstPicture(wanted: (key: PictureKey) => boolean): (PictureKey & { readonly jpeg: Uint8Array }) | null {
    const key = first(this.#statements.picturesInOrder.iterate(), wanted);
    const jpeg = key && this.#statements.picture.get(key.hitId, key.kind)?.jpeg;
    return key && jpeg ? { ...key, jpeg } : null;
  }

  /** Takes the centre's word; false when it speaks of nothing that waits here (a second receipt, an unknown id). */
  receive(receipt: Receipt['data']): boolean {
    return this.receiveAll([receipt])[0] ?? false;
  }

  /**
   * Takes what the centre said in one go, because each transaction waits for the disk. When even a full disk's last room
   * does not suffice nothing is taken: what waits is sent again and the centre says it again.
   */
  receiveAll(receipts: readonly Receipt['data'][]): readonly boolean[] {
    let taken: readonly boolean[] = [];
    const done = this.#unlessFull(() => {
      taken = receipts.map((receipt) => this.#take(receipt));
    });
    if (!done) return receipts.map(() => false);
    this.#space.giveBack();
    return taken;
  }

  /** Keeps the reserve in its place; returns in how many milliseconds to call it again, for ever when nothing is to do. */
  tend(): number {
    return this.#space.tend();
  }

  counts(): OutboxCounts {
    const counted = new Map(this.#statements.counters.all().map((row) => [row.name, row.value]));
    const depth = this.#statements.depth.get();
    const counters = Object.fromEntries(
      outboxCounters.map((name) => [name, (counted.get(name) ?? 0) + (this.#owed.get(name) ?? 0)]),
    );
    const oldest = [depth?.oldestOpenMs, depth?.oldestDiscreetMs].filter((ms) => typeof ms === 'number');
    return {
      ...(counters as Record<OutboxCounter, number>),
      hitsWaiting: depth?.hits ?? 0,
      picturesWaiting: depth?.pictures ?? 0,
      oldestHitMs: oldest.length === 0 ? null : Math.min(...oldest),
      openHitsWaiting: depth?.openHits ?? 0,
      oldestOpenHitMs: depth?.oldestOpenMs ?? null,
      usedBytes: this.#space.usedBytes(),
    };
  }

  close(): void {
    this.#database.close();
  }

  /** False when the budget or the disk has no room. */
  #store(hit: Hit, pictures: readonly Picture[], body: Uint8Array): boolean {
    const pictureBytes = pictures.reduce((sum, one) => sum + one.jpeg.byteLength, 0);
    if (this.#space.usedBytes() + body.byteLength + pictureBytes > this.#budgetBytes) return false;
    const urgency = hit.data.entry.priority;
    const discreet = hit.data.entry.action === 'discreet-check' ? 1 : 0;
    const timeMs = Date.parse(hit.time);
    return this.#unlessFull(() => {
      this.#statements.addHit.run(hit.id, urgency, timeMs, discreet, body);
      for (const { kind, jpeg } of pictures) this.#statements.addPicture.run(hit.id, kind, urgency, timeMs, jpeg);
      this.#statements.count.run('hitsAppended', 1);
    });
  }

  #take({ hit, part, outcome }: Receipt['data']): boolean {
    const statements = this.#statements;
    if (part === 'hit') {
      if (statements.removeHit.run(hit).changes === 0) return false;
      statements.readyPictures.run(hit);
      statements.count.run('hitsReceived', 1);
      return true;
    }
    // A picture's receipt counts only once its hit was received, whatever a stranger sends.
    if (statements.removeReady.run(hit, part).changes === 0) return false;
    statements.removePicture.run(hit, part);
    statements.count.run(outcome === 'stored' ? 'picturesReceived' : 'picturesRefused', 1);
    return true;
  }

  #dropStoredPicture(kind: EvidenceKind): boolean {
    const least = this.#statements.leastPicture.get({ kind });
    if (!least) return false;
    return this.#unlessFull(() => {
      this.#statements.removePicture.run(least.hitId, kind);
      this.#statements.removeReady.run(least.hitId, kind);
      this.#statements.count.run(dropCounter(kind), 1);
    });
  }

  #leaveOut(pictures: readonly Picture[], kind: EvidenceKind): readonly Picture[] {
    this.#count(dropCounter(kind));
    return pictures.filter((one) => one.kind !== kind);
  }

  /** A hit gives way only to one that is as urgent or more. */
  #dropHitFor(newcomer: Hit): boolean {
    const least = this.#statements.leastHit.get();
    if (!least || least.urgency < newcomer.data.entry.priority) return false;
    const dropped = this.#unlessFull(() => {
      this.#statements.removeHit.run(least.id);
      this.#statements.removePictures.run(least.id);
      this.#statements.count.run('hitsDropped', 1);
    });
    if (dropped) this.#log.event('error', 'outbox/hit-dropped', { hit: least.id });
    return dropped;
  }

  #count(name: OutboxCounter): void {
    this.#owed.set(name, (this.#owed.get(name) ?? 0) + 1);
    this.#unlessFull(() => undefined);
  }

  /** Runs a transaction; a full disk is an ordinary outcome here, everything else is not. */
  #unlessFull(work: () => void): boolean {
    return this.#attempt(work) || (this.#space.find() && this.#attempt(work));
  }

  #attempt(work: () => void): boolean {
    try {
      this.#database
        .transaction(() => {
          work();
          for (const [counter, count] of this.#owed) this.#statements.count.run(counter, count);
        })
        .immediate();
      this.#owed.clear();
      return true;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      return false;
    }
  }
}

function first<Row>(rows: IterableIterator<Row>, wanted: (row: Row) => boolean): Row | null {
  for (const row of rows) if (wanted(row)) return row;
  return null;
}

function dropCounter(kind: EvidenceKind): OutboxCounter {
  return kind === 'scene' ? 'scenesDropped' : 'platesDropped';
}
