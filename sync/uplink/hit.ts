import { z } from 'zod';
import { actions } from '../lists/match.ts';
import { cloudEvent, identifier, messageId, printable, sha256Hex, timestamp } from './cloud-event.ts';

const probability = z.number().min(0).max(1);
const plateText = z.string().regex(/^[A-Z0-9]{1,16}$/);
const country = z.string().regex(/^([A-Z]{1,3}|other)$/);
const spelling = z.object({ text: plateText, probability });

/** Evidence pictures: the plate as it was read, and the scene around it. */
export const evidenceKinds = ['plate', 'scene'] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

const observation = z.object({
  camera: identifier,
  lane: identifier.nullable(),
  direction: z.enum(['approaching', 'receding', 'unknown']),
  firstSeen: timestamp,
  lastSeen: timestamp,
  framesSeen: z.int().min(1),
  framesRead: z.int().min(0),
  plateHeightPx: z.number().min(0),
  /** How far the times above can be trusted. */
  clock: z.object({
    synchronised: z.boolean(),
    source: printable,
    estimatedErrorMs: z.number().min(0).nullable(),
  }),
});

const plate = z.object({
  /** As its owner listed it; `?` stands for an unknown character. */
  listed: z.string().regex(/^[A-Z0-9?]{1,16}$/),
  listedCountry: country.nullable(),
  /** The spelling that met the list, and the reader's probability for it. */
  read: spelling,
  /** The best spelling that is another plate. */
  runnerUp: spelling.nullable(),
  /** The reader's most probable country. */
  country: country.nullable(),
  countryProbability: probability.nullable(),
  /** Posterior that the vehicle carries the listed plate. */
  matchProbability: probability,
});

const list = z.object({
  authority: identifier,
  id: identifier,
  generation: z.int().min(0),
  version: z.int().min(0),
  ageSeconds: z.number().min(0),
});

const entry = z.object({
  /** The owner's opaque reference, never a person's name. */
  reference: printable,
  purpose: printable,
  legalBasis: printable,
  action: z.enum(actions),
  /** 1 is the most urgent, 9 the least. */
  priority: z.int().min(1).max(9),
  recipients: z.array(printable).max(32),
  /** When the owner asks for an answer at the latest. */
  answerBy: timestamp.nullable(),
});

export const hitType = 'eu.hazeldonk.anpr.hit.v1';

/** One listed vehicle that drove past: what the node tells its centre. It never changes after it was made. */
export const hitSchema = cloudEvent(
  hitType,
  z.object({
    node: identifier,
    site: printable,
    grade: z.enum(['confirmed', 'verify']),
    observation,
    plate,
    list,
    entry,
    /** SHA-256 of the JPEG that follows on the evidence topic; null when there is none. */
    evidence: z.object({ plate: sha256Hex.nullable(), scene: sha256Hex.nullable() }),
  }),
);
export type Hit = z.infer<typeof hitSchema>;

export const withdrawnType = 'eu.hazeldonk.anpr.hit.withdrawn.v1';

/** A node takes a hit back: its string never changes, it can only be withdrawn. */
export const withdrawnSchema = cloudEvent(
  withdrawnType,
  z.object({ node: identifier, hit: messageId, reason: printable }),
);
export type Withdrawn = z.infer<typeof withdrawnSchema>;

export const receiptType = 'eu.hazeldonk.anpr.hit.receipt.v1';

/**
 * The centre's word that it has stored a hit, or one of its pictures. `refused` is for pictures only
 * (unknown hit, wrong hash): a hit is resent until it is stored.
 */
export const receiptSchema = cloudEvent(
  receiptType,
  z.discriminatedUnion('part', [
    z.object({ hit: messageId, part: z.literal('hit'), outcome: z.literal('stored') }),
    z.object({ hit: messageId, part: z.enum(evidenceKinds), outcome: z.enum(['stored', 'refused']) }),
  ]),
);
export type Receipt = z.infer<typeof receiptSchema>;

/** Limits that both ends keep. */
export const maxHitBytes = 32 * 1024;
export const maxReceiptBytes = 2 * 1024;
export const maxEvidenceBytes = 2 * 1024 * 1024;
