/**
 * The look-up form of a canonical plate: O becomes 0 and I becomes 1, because national typefaces draw them alike.
 * Two plates that only these characters tell apart share one look-up key; the sealed details hold the exact text.
 */
export function fold(canonical: string): string {
  return canonical.replaceAll('O', '0').replaceAll('I', '1');
}
