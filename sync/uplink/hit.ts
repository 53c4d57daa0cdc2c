import { z } from 'zod';
import { actions } from '../lists/matching/match.ts';
import { cloudEvent, identifier, messageId, printable, sha256Hex, timestamp } from './cloud-event.ts';
import { mostRecipients, thumbprint } from './seal.ts';

const probability = z.number().min(0).max(1);
export const mostPlateCharacters = 16;
const plateText = z.string().regex(new RegExp(`^[A-Z0-9]{1,${mostPlateCharacters}}$`));
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
  clock: z
    .object({
      synchronised: z.boolean(),
      source: printable.describe('What set it: ntp, ptp, gnss, none.'),
      estimatedErrorMs: z.number().min(0).nullable(),
    })
    .describe('How far the times can be trusted.'),
});

const plate = z.object({
  listed: z
    .string()
    .regex(/^[A-Z0-9?]{1,16}$/)
    .describe('As its owner listed it; ? stands for an unknown character.'),
  listedCountry: country.nullable(),
  read: spelling.describe('The spelling that met the list, and the reader’s probability for it.'),
  runnerUp: spelling.nullable().describe('The best spelling that is another plate.'),
  country: country.nullable().describe('The reader’s most probable country, as on the oval sign.'),
  countryProbability: probability.nullable(),
  matchProbability: probability.describe('Posterior that the vehicle carries the listed plate.'),
});

const list = z.object({
  authority: identifier,
  id: identifier,
  generation: z.int().min(0),
  version: z.int().min(0),
  ageSeconds: z.number().min(0).describe('Since this version of the list was issued.'),
});

const entry = z.object({
  reference: printable.describe('The owner’s opaque reference, never a person’s name.'),
  purpose: printable,
  legalBasis: printable,
  action: z.enum(actions),
  priority: z.int().min(1).max(9).describe('1 is the most urgent, 9 the least.'),
  recipients: z.array(printable).max(32),
  answerBy: timestamp.nullable().describe('When the owner asks for an answer at the latest.'),
});

export const hitType = 'eu.hazeldonk.anpr.hit.v1';

/** One listed vehicle that drove past: what the node tells its centre. It never changes after it was made. */
export const hitSchema = cloudEvent(
  hitType,
  z.object({
    node: identifier,
    site: printable,
    grade: z.enum(['confirmed', 'verify']).describe('verify: a person looks at the picture before anybody acts.'),
    observation,
    plate,
    list,
    entry,
    evidence: z
      .object({ plate: sha256Hex.nullable(), scene: sha256Hex.nullable() })
      .describe(
        'SHA-256 of the JPEG that follows on the evidence topic (opened, where it is sealed); null: none follows.',
      ),
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

const confirmedFor = z
  .array(thumbprint)
  .max(mostRecipients)
  .optional()
  .describe(
    'Of a sealed message: the recipients (thumbprints of their keys) for whom it is stored. The node sends it again until it is stored for all of them.',
  );

export const receiptType = 'eu.hazeldonk.anpr.hit.receipt.v1';

/**
 * The centre's word that it has stored a hit, or one of its pictures. `refused` is for pictures only
 * (unknown hit, wrong hash): a hit is resent until it is stored.
 */
export const receiptSchema = cloudEvent(
  receiptType,
  z.discriminatedUnion('part', [
    z.object({ hit: messageId, part: z.literal('hit'), outcome: z.literal('stored'), recipients: confirmedFor }),
    z.object({
      hit: messageId,
      part: z.enum(evidenceKinds),
      outcome: z.enum(['stored', 'refused']),
      recipients: confirmedFor,
    }),
  ]),
);
export type Receipt = z.infer<typeof receiptSchema>;

/** Limits that both ends keep. */
export const maxHitBytes = 32 * 1024;
export const maxReceiptBytes = 4 * 1024;
export const maxEvidenceBytes = 2 * 1024 * 1024;
