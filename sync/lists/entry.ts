import { z } from 'zod';
import { areaSchema } from './area.ts';
import { actions } from './matching/match.ts';

/**
 * The sign of a country (NL, B, F, L, D, ...). Any code of this form is taken, since a list that names an unknown one was signed all the same
 * and the rest of it counts; officers are told when they write one (vehicle-signs.ts).
 */
const countryCode = z.string().regex(/^[A-Z]{1,3}$/);
export const reference = z.string().min(1).max(64);
export const recipient = z.string().regex(/^[\w.@:-]{1,64}$/);
export const priority = z.int().min(1).max(9);
export const minutes = z.int().min(1).max(100_000);
/** UTC with seconds, as manifests and entries write times. */
export const instant = z.iso.datetime();

/** Canonical text in which up to two characters may be unknown (`?`). */
export const plateText = z.string().regex(/^[A-Z0-9?]{1,12}$/);

/** One listed plate as its owner gave it. What is absent follows the list. */
export const listEntrySchema = z.strictObject({
  text: plateText,
  country: countryCode.optional(),
  reference,
  purpose: z.string().min(1).max(200).optional(),
  legalBasis: z.string().min(1).max(200).optional(),
  action: z.enum(actions).optional(),
  priority: priority.optional(),
  recipients: z.array(recipient).min(1).max(16).optional(),
  respondWithinMinutes: minutes.optional(),
  validFrom: instant.optional(),
  validUntil: instant.optional(),
  area: areaSchema.optional(),
});
export type ListEntry = Readonly<z.infer<typeof listEntrySchema>>;
