/** Control, format, line and paragraph characters: they could deceive whoever reads them on a terminal or a page. */
const deceptive = String.raw`\p{Cc}\p{Cf}\p{Zl}\p{Zp}`;
const eachDeceptive = new RegExp(`[${deceptive}]`, 'gu');

/** A text that shows what it says. */
export const printableText = new RegExp(`^[^${deceptive}]*$`, 'u');

/** The text with a space for each character that printableText minds. */
export function printed(text: string): string {
  return text.replaceAll(eachDeceptive, ' ');
}
