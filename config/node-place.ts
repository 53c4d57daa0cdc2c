import { z } from 'zod';
import { printableText } from './foundation/printable.ts';
import { name } from './setting-kinds.ts';

/** Who and where a node is, as its settings and its enrolment say it alike. */
export const nodePlace = z.strictObject({
  id: name('Identity of this node at the broker, unique in the fleet.'),
  site: z
    .string()
    .min(1)
    .max(64)
    .regex(printableText, 'must not have control characters')
    .describe('Where it stands, in words for people: road, direction, kilometre.'),
  country: z.enum(['NL', 'BE', 'FR', 'LU']).describe('Country whose law applies here (ISO 3166-1).'),
});
