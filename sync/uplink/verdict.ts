import { z } from 'zod';
import { cloudEvent, identifier, messageId } from './cloud-event.ts';

/** What officers may find: the right vehicle; another plate than was read; the list is out of date; anything else. */
export const verdictWords = ['confirmed', 'misread', 'stale-entry', 'other'] as const;
export type VerdictWord = (typeof verdictWords)[number];

export const verdictType = 'eu.hazeldonk.anpr.hit.verdict.v1';

const about = {
  hit: messageId,
  camera: identifier,
  list: z.object({ authority: identifier, id: identifier }),
};

/**
 * The centre's word on what became of a hit. It names list and camera, because the node has forgotten the hit by now, and no
 * plate. There is none for a discreet hit: nothing on a node may tell that it happened.
 */
export const verdictSchema = cloudEvent(
  verdictType,
  z.discriminatedUnion('step', [
    z.object({ ...about, step: z.literal('seen') }),
    z.object({ ...about, step: z.literal('dispatched') }),
    z.object({ ...about, step: z.literal('verdict'), verdict: z.enum(verdictWords) }),
  ]),
);
export type Verdict = z.infer<typeof verdictSchema>;

export const maxVerdictBytes = 2 * 1024;
