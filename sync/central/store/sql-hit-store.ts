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
} from '../hit-store.ts';
import { latestNumber } from './change-numbers.ts';
import type { Dimension, Evaluation, Period, Tally, TrafficCount } from './evaluation.ts';
import { findHit, findHits, findPicture, hitsChanged } from './find-hits.ts';
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
import { allNodes, nodesChanged, noteHealth, notePresence } from './node-records.ts';
import type { SqlDatabase } from './sql-database.ts';
import { addHits, addPicture, withdraw } from './take-in.ts';
import { erase, tally, traffic } from './tallies.ts';

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

  withdraw(withdrawn: Withdrawn, atMs: number): Promise<AddedWithdrawal> {
    return this.#orTrouble(() => withdraw(this.#database, withdrawn, atMs));
  }

  async notePresence(presence: Presence, atMs: number): Promise<StoreTrouble | null> {
    return (await this.#orTrouble(() => notePresence(this.#database, presence, atMs))) ?? null;
  }

  async noteHealth(health: Health, atMs: number): Promise<StoreTrouble | null> {
    return (await this.#orTrouble(() => noteHealth(this.#database, health, atMs))) ?? null;
  }

  hits(query: HitQuery): Promise<HitPage> {
    return findHits(this.#database, query);
  }

  hit(id: string): Promise<StoredHit | null> {
    return findHit(this.#database, id);
  }

  /** The latest arrival first. */
  async latest(limit: number): Promise<readonly StoredHit[]> {
    return (await this.hits({ limit })).hits;
  }

  picture(hitId: string, kind: EvidenceKind): Promise<Uint8Array | null> {
    return findPicture(this.#database, hitId, kind);
  }

  followUp(hitId: string, what: FollowUp, mark: Mark): Promise<FollowedUp> {
    return followUp(this.#database, hitId, what, mark);
  }

  history(hitId: string): Promise<readonly FollowUpRecord[]> {
    return historyOf(this.#database, hitId);
  }

  nodes(): Promise<readonly NodeRecord[]> {
    return allNodes(this.#database);
  }

  cursor(): Promise<number> {
    return latestNumber(this.#database);
  }

  async changesSince(cursor: number, limit: number): Promise<Changes> {
    // The number is read first: what is committed after it keeps for the next question.
    const latest = await latestNumber(this.#database);
    const changed = await hitsChanged(this.#database, { after: cursor, upTo: latest, limit });
    const upTo = changed.length < limit ? latest : (changed.at(-1)?.change ?? latest);
    return {
      cursor: upTo,
      hits: changed.map(({ stored }) => stored),
      nodes: await nodesChanged(this.#database, cursor, upTo),
    };
  }

  claimUntold(claim: { nowMs: number; untilMs: number; limit: number }): Promise<readonly UntoldFollowUp[]> {
    return claimUntold(this.#database, claim);
  }

  markTold(ids: readonly string[]): Promise<void> {
    return markTold(this.#database, ids);
  }

  tally<By extends Dimension>(period: Period, by: readonly By[]): Promise<readonly Tally<By>[]> {
    return tally(this.#database, period, by);
  }

  traffic(period: Period): Promise<readonly TrafficCount[]> {
    return traffic(this.#database, period);
  }

  erase(beforeMs: number): Promise<number> {
    return erase(this.#database, beforeMs);
  }

  async counts(): Promise<HitStoreCounts> {
    const [row] = await this.#database.query<HitStoreCounts>(
      'SELECT (SELECT COUNT(*) FROM hits) AS hits, (SELECT COUNT(*) FROM pictures) AS pictures',
    );
    return row ?? { hits: 0, pictures: 0 };
  }

  close(): Promise<void> {
    return this.#database.close();
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
