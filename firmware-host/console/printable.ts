/**
 * Text as a terminal may be sent it: names of lists and reasons of brokers come from elsewhere, and a control
 * character in them would let a stranger rewrite the technician's screen.
 */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '?');
}
