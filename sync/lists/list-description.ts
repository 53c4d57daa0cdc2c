import { z } from 'zod';
import { printableText } from '../../config/foundation/printable.ts';
import { areaSchema, namesNodesCountries } from './area.ts';
import { instant, minutes, priority, recipient } from './entry.ts';
import { actions } from './matching/match.ts';

/** Safe as one level of a topic and as a file name. */
export const authorityName = z
  .string()
  .regex(/^[A-Z][A-Z0-9-]{0,31}$/, 'must be upper-case letters, digits and hyphens');
export const listName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'must be lower-case letters, digits and hyphens');

const perMillion = z.number().positive().max(1_000_000);

/** What every entry of a list has in common unless it says otherwise, and what the list promises about false hits. */
export const listTerms = {
  title: z.string().min(1).max(120),
  purpose: z.string().min(1).max(200),
  legalBasis: z.string().min(1).max(200),
  /** The exchange protocol under which the list travels. */
  protocol: z.string().min(1).max(120),
  recipients: z.array(recipient).min(1).max(16).readonly(),
  action: z.enum(actions),
  priority,
  /** Null asks for no answer by a time. */
  respondWithinMinutes: minutes.nullable().default(null),
  /** Null is every node. */
  area: areaSchema.nullable().default(null),
  /** How many passages in a million at a node truly carry a plate of this list: the base rate of matching. */
  expectedGenuinePerMillion: perMillion,
  /** The false-hit budget: expected false hits per million passages of either grade. */
  falseHitsPerMillion: z
    .strictObject({ confirmed: perMillion, verify: perMillion })
    .refine((budget) => budget.verify >= budget.confirmed, 'verify must allow at least as many as confirmed')
    .readonly(),
} as const;

/** HTTPS folders with the list's content-addressed blobs (`<mirror>/<sha256>`), asked before the broker. */
export const mirrors = z
  .array(z.url({ protocol: /^https$/, error: 'must be an https:// address' }).max(500))
  .max(8)
  .readonly();

/** One line, as hits show it; a block of YAML ends in a line break that nobody means. */
function text(most: number) {
  return z.string().trim().min(1).max(most).regex(printableText, 'must be one line, without invisible characters');
}

/** The officer's description of a list (list.yaml). */
export const listDescriptionSchema = z.strictObject({
  authority: authorityName,
  list: listName,
  ...listTerms,
  title: text(120),
  purpose: text(200),
  legalBasis: text(200),
  protocol: text(120),
  area: listTerms.area.refine(namesNodesCountries, 'countries of an area are written as nodes do: NL, BE, FR, LU'),
  mirrors: mirrors.optional(),
  validity: z.union(
    [
      z.strictObject({ from: instant.optional(), until: instant }),
      z.strictObject({ from: instant.optional(), days: z.int().min(1).max(3660) }),
    ],
    { error: 'must be days: 30, or until: 2027-01-01T00:00:00Z (date, time and zone); from: is optional in both' },
  ),
});
export type ListDescription = Readonly<z.infer<typeof listDescriptionSchema>>;
