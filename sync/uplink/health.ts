import { z } from 'zod';
import { abstentions } from '../lists/matching/match.ts';
import { identifier, printable, timestamp } from './cloud-event.ts';

const count = z.number().min(0);
export const mostHealthLists = 64;

const models = z.record(identifier, printable);

/**
 * What a node says of itself each minute: counters and states, never a plate. Short names, because links are thin, and what is as it
 * should be is left out (see `healthOnWire`): here stands what that means.
 */
export const healthSchema = z.object({
  node: identifier,
  time: timestamp,
  upSeconds: count,
  /** Versions of program and models: of a node whose presence does not tell them. */
  software: printable.optional(),
  models: models.optional(),
  /** Why this node reads nothing; null when it reads. */
  inhibited: printable.nullable().default(null),
  cameras: z.array(z.object({ name: identifier, state: printable.default('ok') })).max(16),
  lists: z
    .array(
      z.object({
        list: printable,
        version: z.int().nullable(),
        state: printable.default('valid'),
        /** Messages of this list that were refused since a version was last applied: the latest reason, and how many. */
        refused: z.object({ code: identifier, count }).optional(),
      }),
    )
    .max(mostHealthLists),
  /** Refused list messages since start, by reason; those of authorities that the node does not know as well. */
  refusals: z.record(identifier, count).optional(),
  /** Since start: frames, gated, detected, read, passages ...; what is not there has not happened. Hits are not told: some are discreet. */
  funnel: z.record(identifier, count),
  abstained: z.partialRecord(z.enum(abstentions), count).default({}),
  /**
   * What waits, discreet hits among it: this message is for the centre, to which those hits go, and a node with none but discreet ones
   * must not be able to get stuck, or to lose some, without anybody seeing it. Console, log, metrics and audit count open hits alone.
   */
  outbox: z
    .object({
      hits: count.default(0),
      pictures: count.default(0),
      /** Of the hits, those for which the disk has no room. */
      inMemory: count.optional(),
      dropped: count.default(0),
      oldestSeconds: count.nullable().default(null),
    })
    .prefault({}),
  /** Until the node's own certificate for the broker ends; null without one. */
  certificateDays: z.int().nullable().optional(),
  clock: z.object({ synchronised: z.boolean().default(true), errorMs: count.nullable().default(null) }).prefault({}),
  /** The end of the audit log, its hash or how that begins: kept elsewhere, it shows if the log's end is cut off. */
  audit: z.object({ records: count, head: z.string().max(64) }).optional(),
  temperatureC: z.number().nullable().default(null),
  diskFreeMb: count.nullable().default(null),
});
export type Health = z.infer<typeof healthSchema>;

/** Retained: whether a node is there. `stopped` is a clean end, `lost` the broker's word in its last will. */
export const presenceSchema = z.object({
  node: identifier,
  site: printable,
  state: z.enum(['online', 'stopped', 'lost']),
  software: printable,
  models: models.optional(),
  /** When this start of the node's program was. */
  startedAt: timestamp,
});
export type Presence = z.infer<typeof presenceSchema>;

export const maxHealthBytes = 16 * 1024;

/** A new certificate takes an authority's signature, and somebody's way to the gantry where it cannot be sent. */
const certificateWarningDays = 30;

/** Days left of a certificate that somebody should replace now, negative when it has ended; null while there is time. */
export function endingCertificate(daysLeft: number | null | undefined): number | null {
  return typeof daysLeft === 'number' && daysLeft < certificateWarningDays ? daysLeft : null;
}
