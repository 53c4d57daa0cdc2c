import type { Health, Presence } from '../../uplink/health.ts';
import type { EvidenceKind, Hit } from '../../uplink/hit.ts';
import type { VerdictWord } from '../../uplink/verdict.ts';

/** Where a hit stands with the officers; each state implies those before it, `withdrawn` overrules them until a verdict. */
export const hitStates = ['new', 'seen', 'dispatched', 'closed', 'withdrawn'] as const;
export type HitState = (typeof hitStates)[number];

export interface Mark {
  readonly by: string;
  readonly atMs: number;
}

export interface GivenVerdict extends Mark {
  readonly verdict: VerdictWord;
  readonly note: string;
}

export interface Withdrawal {
  readonly reason: string;
  readonly atMs: number;
}

/** A hit as the centre keeps it: what the node said, which never changes, and what became of it here. */
export interface StoredHit {
  readonly hit: Hit;
  readonly receivedMs: number;
  readonly state: HitState;
  readonly seen: Mark | null;
  readonly dispatched: Mark | null;
  /** The latest; earlier ones are in the history. */
  readonly verdict: GivenVerdict | null;
  readonly withdrawn: Withdrawal | null;
  /** The pictures that have arrived. */
  readonly pictures: readonly EvidenceKind[];
}

/** All of them must hold; a field left out asks nothing. */
export interface HitFilter {
  readonly states?: readonly HitState[] | undefined;
  readonly node?: string | undefined;
  readonly camera?: string | undefined;
  readonly authority?: string | undefined;
  readonly list?: string | undefined;
  /** The listed country, or the read one where the list names none. */
  readonly country?: string | undefined;
  readonly action?: Hit['data']['entry']['action'] | undefined;
  readonly grade?: Hit['data']['grade'] | undefined;
  readonly verdict?: VerdictWord | undefined;
  /** Canonical text, as listed or as read. */
  readonly plate?: string | undefined;
  /** Arrival at the centre: from (inclusive) to (exclusive). */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

export interface HitQuery extends HitFilter {
  /** 1 to 500. */
  readonly limit: number;
  /** `next` of the page before; a text that is none gives the first page. */
  readonly after?: string | undefined;
}

export interface HitPage {
  /** The latest arrival first. */
  readonly hits: readonly StoredHit[];
  /** For the page of older hits; null when there is none. */
  readonly next: string | null;
}

/** What an officer does with a hit. A verdict may be given again (it was wrong); seen and dispatched count once. */
export type FollowUp =
  | { readonly step: 'seen' }
  | { readonly step: 'dispatched' }
  | { readonly step: 'verdict'; readonly verdict: VerdictWord; readonly note: string };

export type FollowUpRecord = FollowUp & Mark & { readonly id: string };

/** `already`: somebody did the same before; that mark stays. */
export type FollowedUp = 'done' | 'already' | 'unknown-hit';

/** A node's latest word of itself; what it never said is null. */
export interface NodeRecord {
  readonly node: string;
  readonly presence: Presence | null;
  readonly presenceMs: number | null;
  readonly health: Health | null;
  readonly healthMs: number | null;
  readonly lastHitMs: number | null;
}

export interface Changes {
  /** For the next question. */
  readonly cursor: number;
  /** New, or changed in any way (seen, pictures arrived ...); the least recently changed first. */
  readonly hits: readonly StoredHit[];
  readonly nodes: readonly NodeRecord[];
}

/** What officers need of the centre's store, at a terminal or in a browser. A promise that resolved means: durable. */
export interface HitDesk {
  hits(query: HitQuery): Promise<HitPage>;
  hit(id: string): Promise<StoredHit | null>;
  picture(hitId: string, kind: EvidenceKind): Promise<Uint8Array | null>;
  followUp(hitId: string, what: FollowUp, mark: Mark): Promise<FollowedUp>;
  /** Everything that officers did with a hit, in order. */
  history(hitId: string): Promise<readonly FollowUpRecord[]>;
  /** Ordered by name. */
  nodes(): Promise<readonly NodeRecord[]>;
  /** The cursor that stands for now. */
  cursor(): Promise<number>;
  /**
   * What changed after a cursor, at most `limit` hits; ask again at once when there were so many. Nothing is left out however
   * many processes write: numbers are given in the order of commits.
   */
  changesSince(cursor: number, limit: number): Promise<Changes>;
  close(): Promise<void>;
}
