import { Fault } from '../../../config/foundation/fault.ts';
import type { Health, Presence } from '../../uplink/health.ts';
import type { EvidenceKind, Withdrawn } from '../../uplink/hit.ts';
import type {
  AddedHit,
  AddedPicture,
  AddedWithdrawal,
  ArrivedHit,
  HitStore,
  HitStoreCounts,
  StoreTrouble,
  WithdrawOptions,
} from '../hit-store.ts';
import { latestNumber } from './change-numbers.ts';
import { changesSince } from './changes-since.ts';
import { type EraseOptions, erase } from './erase-hits.ts';
import type { Dimension, Evaluation, Period, Tally, TrafficCount } from './evaluation.ts';
import { findHit, findHits, findPicture } from './find-hits.ts';
import { claimUntold, followUp, historyOf, markTold, type UntoldFollowUp } from './follow-ups.ts';
import type {
  Changes,
  FollowedUp,
  FollowUp,
  FollowUpRecord,
  HitDesk,
  HitPage,
  HitQuery,
  Mark,
  NodeRecord,
  StoredHit,
} from './hit-desk.ts';
import { allNodes, noteHealth, notePresence } from './node-records.ts';
import type { SqlDatabase } from './sql-database.ts';
import { storeName } from './store-name.ts';
import { addHits, addPicture, withdraw } from './take-in.ts';
import { tally, traffic } from './tallies.ts';

/** The centre's store in a relational database whose tables are there: one door to what the files beside this one do. */
export class SqlHitStore implements HitStore, HitDesk, Evaluation {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  async addHits(arrivals: readonly ArrivedHit[], receivedMs: number): Promise<readonly AddedHit[]> {
    const added = await this.#orTrouble(() => addHits(this.#database, arrivals, receivedMs));
    if (typeof added !== 'string') return added;
    if (added === 'unavailable' || arrivals.length === 1) return arrivals.map(() => added);
    // What is too much together may find room one by one.
    const outcomes: AddedHit[] = [];
    for (const arrival of arrivals) outcomes.push(...(await this.addHits([arrival], receivedMs)));
    return outcomes;
  }

  addPicture(node: string, hitId: string, kind: EvidenceKind, jpeg: Uint8Array): Promise<AddedPicture> {
    return this.#orTrouble(() => addPicture(this.#database, { node, hitId, kind, jpeg }));
  }

  withdraw(withdrawn: Withdrawn, atMs: number, options?: WithdrawOptions): Promise<AddedWithdrawal> {
    return this.#orTrouble(() => withdraw(this.#database, { withdrawn, atMs, ...options }));
  }

  async notePresence(presence: Presence, atMs: number): Promise<StoreTrouble | null> {
    return (await this.#orTrouble(() => notePresence(this.#database, presence, atMs))) ?? null;
  }

  async noteHealth(health: Health, atMs: number): Promise<StoreTrouble | null> {
    return (await this.#orTrouble(() => noteHealth(this.#database, health, atMs))) ?? null;
  }

  hits(query: HitQuery): Promise<HitPage> {
    return this.#orFault(() => findHits(this.#database, query));
  }

  hit(id: string): Promise<StoredHit | null> {
    return this.#orFault(() => findHit(this.#database, id));
  }

  /** The latest arrival first. */
  async latest(limit: number): Promise<readonly StoredHit[]> {
    return (await this.hits({ limit })).hits;
  }

  picture(hitId: string, kind: EvidenceKind): Promise<Uint8Array | null> {
    return this.#orFault(() => findPicture(this.#database, hitId, kind));
  }

  followUp(hitId: string, what: FollowUp, mark: Mark): Promise<FollowedUp> {
    return this.#orFault(() => followUp(this.#database, hitId, what, mark));
  }

  history(hitId: string): Promise<readonly FollowUpRecord[]> {
    return this.#orFault(() => historyOf(this.#database, hitId));
  }

  nodes(): Promise<readonly NodeRecord[]> {
    return this.#orFault(() => allNodes(this.#database));
  }

  cursor(): Promise<number> {
    return this.#orFault(() => latestNumber(this.#database));
  }

  changesSince(cursor: number, limit: number): Promise<Changes> {
    return this.#orFault(() => changesSince(this.#database, cursor, limit));
  }

  claimUntold(claim: {
    nowMs: number;
    untilMs: number;
    limit: number;
  }): Promise<readonly UntoldFollowUp[] | StoreTrouble> {
    return this.#orTrouble(() => claimUntold(this.#database, claim));
  }

  async markTold(ids: readonly string[]): Promise<StoreTrouble | null> {
    return (await this.#orTrouble(() => markTold(this.#database, ids))) ?? null;
  }

  tally<By extends Dimension>(period: Period, by: readonly By[]): Promise<readonly Tally<By>[]> {
    return this.#orFault(() => tally(this.#database, period, by));
  }

  traffic(period: Period): Promise<readonly TrafficCount[]> {
    return this.#orFault(() => traffic(this.#database, period));
  }

  erase(beforeMs: number, options?: EraseOptions): Promise<number> {
    return this.#orFault(() => erase(this.#database, beforeMs, options));
  }

  async counts(): Promise<HitStoreCounts> {
    const sql = 'SELECT (SELECT COUNT(*) FROM hits) AS hits, (SELECT COUNT(*) FROM pictures) AS pictures';
    const [row] = await this.#orFault(() => this.#database.query<HitStoreCounts>(sql));
    return row ?? { hits: 0, pictures: 0 };
  }

  /** What tells this store from every other, the same for all who have opened it. */
  name(): Promise<string> {
    return this.#orFault(() => storeName(this.#database));
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  /** Officers are told that the store is away; a receiver only puts off. */
  async #orFault<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      const trouble = this.#database.troubleOf(cause);
      if (trouble === null) throw cause;
      if (trouble === 'no-room')
        throw new Fault('centre/disk-full', "the disk of the centre's store is full", { cause });
      throw new Fault('centre/store-unreachable', "the centre's store does not answer; try again", { cause });
    }
  }

  async #orTrouble<T>(work: () => Promise<T>): Promise<T | StoreTrouble> {
    try {
      return await work();
    } catch (error) {
      const trouble = this.#database.troubleOf(error);
      if (trouble === null) throw error;
      return trouble;
    }
  }
}
