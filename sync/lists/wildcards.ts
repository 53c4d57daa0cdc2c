import { fold } from '../../config/foundation/fold.ts';

export const unknownCharacter = '?';
export const mostUnknown = 2;
/** What an unknown character may be once folded: 34 characters, since O and I are 0 and 1. */
const foldedAlphabet = [...'0123456789ABCDEFGHJKLMNPQRSTUVWXYZ'];

/** The folded plates that a listed text stands for: itself, or all that its unknown characters may be. */
export function foldedFormsOf(text: string): readonly string[] {
  // Nearly every entry of a list of millions is a whole plate.
  if (!text.includes(unknownCharacter)) return [fold(text)];
  let forms = [''];
  for (const character of text) {
    const choices = character === unknownCharacter ? foldedAlphabet : [fold(character)];
    forms = forms.flatMap((form) => choices.map((choice) => form + choice));
  }
  return forms;
}
