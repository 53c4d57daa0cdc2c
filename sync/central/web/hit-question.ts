import { z } from 'zod';
import { actions } from '../../lists/matching/match.ts';
import { identifier, printable } from '../../uplink/cloud-event.ts';
import { verdictWords } from '../../uplink/verdict.ts';
import { type HitQuery, hitStates } from '../store/hit-desk.ts';

const questionSchema = z.strictObject({
  state: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(hitStates)).max(hitStates.length))
    .optional(),
  list: z
    .string()
    .regex(/^[^/]+\/[^/]+$/)
    .transform((text) => text.split('/'))
    .pipe(z.tuple([identifier, identifier]))
    .optional(),
  country: z
    .string()
    .regex(/^([A-Z]{1,3}|other)$/)
    .optional(),
  node: identifier.optional(),
  action: z.enum(actions).optional(),
  plate: z
    .string()
    .regex(/^[A-Z0-9]{1,16}$/)
    .optional(),
  after: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(40),
});

/** The query of `GET /api/hits` in the store's words; null when it is none. */
export function hitQuestion(query: URLSearchParams): HitQuery | null {
  const keys = [...query.keys()];
  if (new Set(keys).size !== keys.length) return null;
  const parsed = questionSchema.safeParse(Object.fromEntries(query));
  if (!parsed.success) return null;
  const { state, list, ...rest } = parsed.data;
  return { ...rest, states: state, authority: list?.[0], list: list?.[1] };
}

/** What the page sends when an officer answers a hit. */
export const followUpSchema = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('seen') }),
  z.strictObject({ step: z.literal('dispatched') }),
  z.strictObject({ step: z.literal('verdict'), verdict: z.enum(verdictWords), note: printable }),
]);
