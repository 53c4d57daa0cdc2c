/** A text that shows what it says: no control, format, line or paragraph characters, which could deceive whoever reads it on a terminal or a page. */
export const printableText = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u;

/** The text with a space for each character that printableText minds. */
export function printed(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
}
