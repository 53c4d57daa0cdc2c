import { uuidV7 } from '../../config/foundation/uuid-v7.ts';
import type { Match } from '../lists/matching/match.ts';
import type { Hit } from './hit.ts';
import { type EvidencePictures, makeHit, type PassageFacts } from './make-hit.ts';

export const samplePassage: PassageFacts = {
  camera: 'north-1',
  lane: 'left',
  direction: 'approaching',
  firstSeenMs: Date.UTC(2026, 4, 1, 12, 0, 0, 120),
  lastSeenMs: Date.UTC(2026, 4, 1, 12, 0, 1, 480),
  framesSeen: 31,
  framesRead: 12,
  plateHeightPx: 27.4,
  countries: [
    { country: 'B', probability: 0.97 },
    { country: 'L', probability: 0.02 },
  ],
};

export const sampleMatch: Match = {
  listed: { text: '1ABC234', country: 'B' },
  read: { text: '1ABC234', probability: 0.9912345678 },
  runnerUp: { text: '1A8C234', probability: 0.0041 },
  probability: 0.99987,
  grade: 'confirmed',
  list: {
    authority: 'be-fedpol',
    id: 'stolen',
    generation: 2,
    version: 41,
    purpose: 'stolen vehicles',
    legalBasis: 'police act, article 25',
    ageMs: 184_000,
  },
  entry: { reference: 'BE-2026-0007', action: 'stop', priority: 2, recipients: ['be-fedpol'], deadlineMs: null },
};

export interface SampleHit {
  readonly priority?: number;
  readonly timeMs?: number;
  readonly node?: string;
  readonly evidence?: EvidencePictures;
  readonly id?: string;
  readonly recipients?: readonly string[];
  readonly action?: Match['entry']['action'];
}

/** A valid hit; each call makes another one. */
export function sampleHit(changes: SampleHit = {}): Hit {
  const nowMs = changes.timeMs ?? Date.UTC(2026, 4, 1, 12, 0, 2);
  const { recipients = sampleMatch.entry.recipients, action = sampleMatch.entry.action } = changes;
  const entry = { ...sampleMatch.entry, priority: changes.priority ?? 2, recipients, action };
  const match = { ...sampleMatch, entry };
  return makeHit(samplePassage, match, {
    id: changes.id ?? uuidV7(nowMs),
    nowMs,
    node: { id: changes.node ?? 'gantry-7', site: 'hazeldonk-a16' },
    clock: { synchronised: true, source: 'ntp', estimatedErrorMs: 3 },
    evidence: changes.evidence ?? {},
  });
}

/** Bytes that stand for a JPEG: for hashing, storing and sending nobody looks inside. */
export function samplePicture(bytes: number, fill = 7): Uint8Array {
  return new Uint8Array(bytes).fill(fill);
}
