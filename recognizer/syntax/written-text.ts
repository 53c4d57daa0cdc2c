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

export function written(text: string): WrittenText {
  const characters = new Uint8Array(text.length);
  let shape = 1 << text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 65) shape |= 1 << at;
    characters[at] = code < 65 ? code - 48 : code - 55;
  }
  return { text, shape: /^[0-9A-Z]*$/.test(text) ? shape : 0, characters };
}
