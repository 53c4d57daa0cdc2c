import type { Health, Presence } from '../uplink/health.ts';
import type { EvidenceKind, Hit, Withdrawn } from '../uplink/hit.ts';
import type { StoredHit } from './store/hit-desk.ts';

/** `no-room`: its disk is full. `unavailable`: its server does not answer. Either way nothing is known to be stored. */
export type StoreTrouble = 'no-room' | 'unavailable';

/**
 * `conflict`: another hit came under an id that is taken; the first stays, for a hit never changes. `duplicate` is also one that was
 * here and has been erased since.
 */
export type AddedHit = 'new' | 'duplicate' | 'conflict' | StoreTrouble;
/** `erased-hit`: its hit was here, and is no more. */
export type AddedPicture = 'new' | 'duplicate' | 'unknown-hit' | 'erased-hit' | 'wrong-hash' | StoreTrouble;
/** A withdrawal may come before its hit, and holds from then on; `unknown-hit` where only one of a known hit was to be taken. */
export type AddedWithdrawal = 'new' | 'duplicate' | 'unknown-hit' | StoreTrouble;

export interface ArrivedHit {
  readonly hit: Hit;
  /** What proves it: the node's signature (JWS) with all that it signs, or an unsigned message as it came. */
  readonly body: Uint8Array;
}

export interface WithdrawOptions {
  /** Only where the hit is here, or was. */
  readonly ofKnownHit?: boolean | undefined;
}

export interface HitStoreCounts {
  readonly hits: number;
  readonly pictures: number;
}

/** Where a centre keeps what nodes report. A promise that resolved means: durable. Several processes may share one store. */
export interface HitStore {
  /** All in one transaction, or none; the outcomes are in the order of the arrivals. */
  addHits(arrivals: readonly ArrivedHit[], receivedMs: number): Promise<readonly AddedHit[]>;
  /** Takes a picture only when its hash is the one that the hit named, and only from the node that sent the hit. */
  addPicture(node: string, hitId: string, kind: EvidenceKind, jpeg: Uint8Array): Promise<AddedPicture>;
  /** Holds only for a hit of the same node. */
  withdraw(withdrawn: Withdrawn, atMs: number, options?: WithdrawOptions): Promise<AddedWithdrawal>;
  /** What a node says of itself; the same message again changes nothing. Null: noted. */
  notePresence(presence: Presence, atMs: number): Promise<StoreTrouble | null>;
  noteHealth(health: Health, atMs: number): Promise<StoreTrouble | null>;
  hit(id: string): Promise<StoredHit | null>;
  counts(): Promise<HitStoreCounts>;
  close(): Promise<void>;
}
