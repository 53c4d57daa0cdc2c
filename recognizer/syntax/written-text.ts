/** A text as formats look at it, made once for whoever asks many countries. */
export interface WrittenText {
  readonly text: string;
  /**
   * Its length and places of letters in one number: a bit for each letter, by place from the left, and one after the end. 0 if
   * other characters than 0-9A-Z are in it, which no format has.
   */
  readonly shape: number;
  /** Each character's place in 0-9A-Z. */
  readonly characters: Uint8Array;
}

const DIGIT_0 = 48;
const LETTER_A = 65;
const DIGITS = 10;
const LETTERS = 26;

export function written(text: string): WrittenText {
  const characters = new Uint8Array(text.length);
  let shape = 1 << text.length;
  let canonical = true;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isLetter = code >= LETTER_A;
    if (isLetter) shape |= 1 << at;
    const place = isLetter ? code - LETTER_A : code - DIGIT_0;
    if (place < 0 || place >= (isLetter ? LETTERS : DIGITS)) canonical = false;
    characters[at] = isLetter ? place + DIGITS : place;
  }
  return { text, shape: canonical ? shape : 0, characters };
}
