import type { EvidenceKind, Hit } from '../uplink/hit.ts';

/**
 * `conflict`: another hit came under an id that is taken; the first stays, for a hit never changes.
 * `no-room`: the disk is full, nothing was stored.
 */
export type AddedHit = 'new' | 'duplicate' | 'conflict' | 'no-room';
export type AddedPicture = 'new' | 'duplicate' | 'unknown-hit' | 'wrong-hash' | 'no-room';

export interface StoredHit {
  readonly hit: Hit;
  readonly receivedMs: number;
}

export interface HitStoreCounts {
  readonly hits: number;
  readonly pictures: number;
}

/** Where a centre keeps what nodes report. A promise that resolved means: durable. */
export interface HitStore {
  /** `body` is the message as it came, kept byte for byte. */
  addHit(hit: Hit, body: Uint8Array, receivedMs: number): Promise<AddedHit>;
  /** Takes a picture only when its hash is the one that the hit named, and only from the node that sent the hit. */
  addPicture(node: string, hitId: string, kind: EvidenceKind, jpeg: Uint8Array): Promise<AddedPicture>;
  hit(id: string): Promise<StoredHit | null>;
  picture(hitId: string, kind: EvidenceKind): Promise<Uint8Array | null>;
  /** The latest received first. */
  latest(limit: number): Promise<readonly StoredHit[]>;
  counts(): Promise<HitStoreCounts>;
  close(): Promise<void>;
}
