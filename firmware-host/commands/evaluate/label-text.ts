import { canonicalPlate, longestPlate } from '../../../sync/lists/canonical-plate.ts';

/** What was typed as the reader gives it, `?` for each character that nobody could read; null for what is no plate's text. */
export function canonicalLabel(typed: string): string | null {
  // A letter before each part, because between two that cannot be read nothing may be left.
  const parts = typed.split('?').map((part) => canonicalPlate(`X${part}`)?.slice(1) ?? null);
  const text = parts.length === 1 ? canonicalPlate(typed) : parts.includes(null) ? null : parts.join('?');
  return text !== null && text.length <= longestPlate ? text : null;
}
