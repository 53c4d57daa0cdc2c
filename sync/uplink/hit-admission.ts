import type { Log } from '../../config/foundation/log.ts';
import type { HeldHits, WaitingHit } from './held-hits.ts';
import type { EvidenceKind } from './hit.ts';
import type { HitEnds } from './hit-ends.ts';
import type { picturesOf } from './make-hit.ts';
import { dropCounter } from './outbox-counts.ts';
import type { outboxStatements } from './outbox-schema.ts';
import type { OutboxSpace } from './outbox-space.ts';
import type { OutboxWrites } from './outbox-writes.ts';
import type { WithdrawnHits } from './withdrawn-hits.ts';

/** `stored` false: nothing less worthy was there that could have made room for this hit, neither on disk nor in memory. */
export interface AppendOutcome {
  readonly stored: boolean;
  /** False while it is in memory only, and a node that is killed loses it: it is written as soon as the disk has room. */
  readonly onDisk: boolean;
  readonly pictures: readonly EvidenceKind[];
}

export interface HitAdmissionOptions {
  readonly statements: ReturnType<typeof outboxStatements>;
  readonly writes: OutboxWrites;
  readonly space: OutboxSpace;
  readonly held: HeldHits;
  readonly withdrawn: WithdrawnHits;
  readonly ends: HitEnds;
  readonly log: Log;
  /** What hits and pictures together may take on disk. */
  readonly budgetBytes: number;
}

type Picture = ReturnType<typeof picturesOf>[number];

/** Decides what gives way when a hit finds no room, on disk or in memory. */
export class HitAdmission {
  readonly #statements;
  readonly #writes: OutboxWrites;
  readonly #space: OutboxSpace;
  readonly #held: HeldHits;
  readonly #withdrawn: WithdrawnHits;
  readonly #ends: HitEnds;
  readonly #log: Log;
  readonly #budgetBytes: number;
  #saidHeld = false;

  constructor(options: HitAdmissionOptions) {
    this.#statements = options.statements;
    this.#writes = options.writes;
    this.#space = options.space;
    this.#held = options.held;
    this.#withdrawn = options.withdrawn;
    this.#ends = options.ends;
    this.#log = options.log;
    this.#budgetBytes = options.budgetBytes;
  }

  /** Keeps a hit with as many of its pictures as there is room for; what is less worthy gives way, each counted. */
  admit(hit: WaitingHit, evidence: readonly Picture[]): AppendOutcome {
    let pictures = evidence;
    for (;;) {
      const outcome = this.#store(hit, pictures);
      if (outcome === 'stored') return { stored: true, onDisk: true, pictures: pictures.map((one) => one.kind) };
      if (this.#dropStoredPicture('scene')) continue;
      if (pictures.some((one) => one.kind === 'scene')) pictures = this.#leaveOut(pictures, 'scene');
      else if (this.#dropStoredPicture('plate')) continue;
      else if (pictures.length > 0) pictures = this.#leaveOut(pictures, 'plate');
      else if (outcome === 'no-room' && this.#held.hasRoomFor(hit)) return this.#hold(hit);
      else if (outcome === 'no-room' && this.#leastIsHeld()) return this.#holdInstead(hit);
      else if (!this.#dropHitFor(hit))
        // Over its budget, and the disk takes no deletion that would make room within it.
        return outcome === 'no-room' || !this.#writes.taken ? this.#holdInstead(hit) : this.#giveUp(hit);
    }
  }

  #store(hit: WaitingHit, pictures: readonly Picture[]): 'stored' | 'over-budget' | 'no-room' {
    const pictureBytes = pictures.reduce((sum, one) => sum + one.jpeg.byteLength, 0);
    if (this.#space.usedBytes() + hit.body.byteLength + pictureBytes > this.#budgetBytes) return 'over-budget';
    const stored = this.#writes.unlessFull(() => {
      this.#add(hit);
      const { id, urgency, timeMs } = hit;
      for (const { kind, jpeg } of pictures) this.#statements.addPicture.run(id, kind, urgency, timeMs, jpeg);
    });
    return stored ? 'stored' : 'no-room';
  }

  #add({ id, urgency, timeMs, discreet, body }: WaitingHit): void {
    this.#statements.addHit.run(id, urgency, timeMs, discreet ? 1 : 0, body);
    this.#statements.count.run('hitsAppended', 1);
  }

  #hold(hit: WaitingHit): AppendOutcome {
    this.#held.add(hit);
    if (!this.#saidHeld && !hit.discreet) {
      this.#saidHeld = true;
      this.#log.event('error', 'outbox/hits-in-memory');
    }
    return { stored: true, onDisk: false, pictures: [] };
  }

  /** Memory has no room either: the least worthy goes, be it this one. */
  #holdInstead(hit: WaitingHit): AppendOutcome {
    while (!this.#held.hasRoomFor(hit)) {
      const dropped = this.#held.giveUpFor(hit);
      if (dropped === null) return this.#giveUp(hit);
      this.#giveUp(dropped);
    }
    return this.#hold(hit);
  }

  /** Whether the least worthy of all hits that wait is one in memory. */
  #leastIsHeld(): boolean {
    const [held, onDisk] = [this.#held.leastWorthy, this.#statements.leastHit.get()];
    return held !== null && (onDisk === undefined || held.urgency > onDisk.urgency);
  }

  #giveUp({ id, discreet }: WaitingHit): AppendOutcome {
    this.#writes.count('hitsDropped');
    if (!discreet) {
      this.#log.event('error', 'outbox/hit-not-stored', { hit: id });
      this.#ends.tell('given-up', [id]);
    }
    return { stored: false, onDisk: false, pictures: [] };
  }

  /** What the centre has need not be written any more; false when it is not in memory. */
  confirmHeld(id: string): boolean {
    if (this.#held.take(id) === null) return false;
    this.#writes.owe('hitsAppended');
    this.#writes.owe('hitsReceived');
    this.#sayWhenWritten();
    return true;
  }

  /** Writes what is in memory only, as far as the disk has room. */
  writeHeld(): void {
    for (const hit of this.#held.all) {
      if (!this.#writes.attempt(() => this.#add(hit))) return;
      this.#held.take(hit.id);
    }
    this.#sayWhenWritten();
  }

  #sayWhenWritten(): void {
    if (!this.#saidHeld || this.#held.open.length > 0) return;
    this.#saidHeld = false;
    this.#log.event('info', 'outbox/no-hits-in-memory');
  }

  #dropStoredPicture(kind: EvidenceKind): boolean {
    const least = this.#statements.leastPicture.get({ kind });
    if (!least) return false;
    return this.#writes.unlessFull(() => {
      this.#statements.removePicture.run(least.hitId, kind);
      this.#statements.removeReady.run(least.hitId, kind);
      this.#statements.count.run(dropCounter(kind), 1);
    });
  }

  #leaveOut(pictures: readonly Picture[], kind: EvidenceKind): readonly Picture[] {
    this.#writes.count(dropCounter(kind));
    return pictures.filter((one) => one.kind !== kind);
  }

  /** A hit gives way only to one that is as urgent or more. */
  #dropHitFor(newcomer: WaitingHit): boolean {
    const least = this.#statements.leastHit.get();
    if (!least || least.urgency < newcomer.urgency) return false;
    const open = this.#ends.isOpen(least.id);
    const dropped = this.#writes.unlessFull(() => {
      this.#statements.removeHit.run(least.id);
      this.#statements.removePictures.run(least.id);
      this.#statements.removeAllReady.run(least.id);
      this.#withdrawn.left(least.id);
      this.#statements.count.run('hitsDropped', 1);
    });
    if (dropped && open) {
      this.#log.event('error', 'outbox/hit-dropped', { hit: least.id });
      this.#ends.tell('given-up', [least.id]);
    }
    return dropped;
  }
}
