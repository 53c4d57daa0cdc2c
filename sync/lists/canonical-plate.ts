const separators = /[\s\-.·•_/]/g;

/** The longest canonical plate; the longest European registrations have nine characters. */
export const longestPlate = 12;

/** Upper-case A-Z 0-9 without separators and diacritics, or null when something else is left (or nothing). */
export function canonicalPlate(text: string): string | null {
  const plain = text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .replace(separators, '')
    .toUpperCase();
  return plain.length <= longestPlate && /^[A-Z0-9]+$/.test(plain) ? plain : null;
}
