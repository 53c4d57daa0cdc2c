import { type Log, silentLog } from '../../config/foundation/log.ts';
import { type Database, openDatabase } from '../database/database.ts';
import { isDiskFull } from '../database/is-full.ts';
import { encodeMessage } from './cloud-event.ts';
import type { EvidenceKind, Hit, Receipt } from './hit.ts';
import { type EvidencePictures, picturesOf } from './make-hit.ts';
import { outboxSchema, outboxStatements as sql } from './outbox-schema.ts';

export interface OutboxOptions {
  /** What hits and pictures together may take on disk. */
  readonly diskBudgetBytes: number;
  readonly log?: Log | undefined;
}

export const outboxCounters = [
  'hitsAppended',
  'hitsReceived',
  'hitsDropped',
  'picturesReceived',
  'picturesRefused',
  'platesDropped',
  'scenesDropped',
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
export type PictureKey = { readonly hitId: string; readonly kind: EvidenceKind };

/**
 * Hits that the centre has not confirmed yet, on disk.
 *
 * Invariants: a hit is here, durably, before append returns; it leaves only by the centre's receipt, or when the disk
 * is full and nothing less worthy is left (scenes go first, then plate crops, then hits, least urgent and oldest first),
 * and each one dropped is counted.
 */
export class Outbox {
  readonly #database: Database;
  readonly #budgetBytes: number;
  readonly #log: Log;
  readonly #listeners = new Set<() => void>();
  readonly #statements;

  /** Opens the outbox's file, or makes it. */
  static open(path: string, options: OutboxOptions): Outbox {
    return new Outbox(openDatabase(path), options);
  }

  constructor(database: Database, options: OutboxOptions) {
    this.#database = database;
    // A stolen box must not give back hits that were sent long ago.
    this.#database.pragma('secure_delete = ON');
    this.#database.exec(outboxSchema);
    this.#budgetBytes = options.diskBudgetBytes;
    this.#log = options.log ?? silentLog;
    this.#statements = prepareStatements(this.#database);
  }

  /** Writes a hit and its pictures; when this returns `stored`, no crash loses it. */
  append(hit: Hit, evidence: EvidencePictures = {}): AppendOutcome {
    let pictures = picturesOf(evidence);
    while (!this.#store(hit, pictures)) {
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
    const { hit, part, outcome } = receipt;
    return this.#database
      .transaction(() => {
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
      })
      .immediate();
  }

  counts(): OutboxCounts {
    const counted = new Map(this.#statements.counters.all().map((row) => [row.name, row.value]));
    const depth = this.#statements.depth.get();
    const counters = Object.fromEntries(outboxCounters.map((name) => [name, counted.get(name) ?? 0]));
    return {
      ...(counters as Record<OutboxCounter, number>),
      hitsWaiting: depth?.hits ?? 0,
      picturesWaiting: depth?.pictures ?? 0,
      oldestHitMs: depth?.oldestMs ?? null,
      openHitsWaiting: depth?.openHits ?? 0,
      oldestOpenHitMs: depth?.oldestOpenMs ?? null,
      usedBytes: this.#usedBytes(),
    };
  }

  close(): void {
    this.#database.close();
  }

  /** False when the budget or the disk has no room. */
  #store(hit: Hit, pictures: readonly Picture[]): boolean {
    const body = encodeMessage(hit);
    const pictureBytes = pictures.reduce((sum, one) => sum + one.jpeg.byteLength, 0);
    if (this.#usedBytes() + body.byteLength + pictureBytes > this.#budgetBytes) return false;
    const urgency = hit.data.entry.priority;
    const discreet = hit.data.entry.action === 'discreet-check' ? 1 : 0;
    const timeMs = Date.parse(hit.time);
    return this.#unlessFull(() => {
      this.#statements.addHit.run(hit.id, urgency, timeMs, discreet, body);
      for (const { kind, jpeg } of pictures) this.#statements.addPicture.run(hit.id, kind, urgency, timeMs, jpeg);
      this.#statements.count.run('hitsAppended', 1);
    });
  }

  #dropStoredPicture(kind: EvidenceKind): boolean {
    const least = this.#statements.leastPicture.get(kind);
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
    this.#unlessFull(() => this.#statements.count.run(name, 1));
  }

  #usedBytes(): number {
    const pragma = (name: string): number => Number(this.#database.pragma(name, { simple: true }));
    return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
  }

  /** Runs a transaction; a full disk is an ordinary outcome here, everything else is not. */
  #unlessFull(work: () => void): boolean {
    try {
      this.#database.transaction(work).immediate();
      return true;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      return false;
    }
  }
}

interface Depth {
  readonly hits: number;
  readonly pictures: number;
  readonly oldestMs: number | null;
  readonly openHits: number;
  readonly oldestOpenMs: number | null;
}

function prepareStatements(database: Database) {
  return {
    addHit: database.prepare<[string, number, number, 0 | 1, Uint8Array]>(sql.addHit),
    addPicture: database.prepare<[string, string, number, number, Uint8Array]>(sql.addPicture),
    count: database.prepare<[string, number]>(sql.count),
    counters: database.prepare<[], { name: string; value: number }>(sql.counters),
    depth: database.prepare<[], Depth>(sql.depth),
    hitsInOrder: database.prepare<[], { id: string }>(sql.hitsInOrder),
    hitBody: database.prepare<[string], { body: Uint8Array }>(sql.hitBody),
    picturesInOrder: database.prepare<[], PictureKey>(sql.picturesInOrder),
    picture: database.prepare<[string, string], { jpeg: Uint8Array }>(sql.picture),
    removeHit: database.prepare<[string]>(sql.removeHit),
    readyPictures: database.prepare<[string]>(sql.readyPictures),
    removeReady: database.prepare<[string, string]>(sql.removeReady),
    removePicture: database.prepare<[string, string]>(sql.removePicture),
    removePictures: database.prepare<[string]>(sql.removePictures),
    leastPicture: database.prepare<[string], { hitId: string }>(sql.leastPicture),
    leastHit: database.prepare<[], { id: string; urgency: number }>(sql.leastHit),
  };
}

function first<Row>(rows: IterableIterator<Row>, wanted: (row: Row) => boolean): Row | null {
  for (const row of rows) if (wanted(row)) return row;
  return null;
}

function dropCounter(kind: EvidenceKind): OutboxCounter {
  return kind === 'scene' ? 'scenesDropped' : 'platesDropped';
}
