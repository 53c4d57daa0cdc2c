import { Fault } from '../../config/foundation/fault.ts';

/**
 * One place, or a few that go together, of a plate's text. What may stand there has a gain: its probability there over that
 * of the same characters if every letter were as frequent as every other, and every digit.
 */
export type Slot =
  /** One character; gains by its place in 0-9A-Z, 0 for what may not stand here. */
  | { readonly kind: 'character'; readonly gains: Float64Array; readonly choices: number }
  | { readonly kind: 'list'; readonly gains: ReadonlyMap<string, number>; readonly length: number };

/** A format of one length, and how much of its series is written in it; the shares of a series sum to 1. */
export interface Template {
  readonly share: number;
  readonly length: number;
  readonly slots: readonly Slot[];
}

/** What the letters of a format mean. */
export interface FormatContext {
  readonly letters: string;
  readonly lists: Readonly<Record<string, readonly string[]>>;
}

/** No plate is longer, and a country file cannot ask for more work than this. */
export const LONGEST_TEXT = 12;
const MOST_TEMPLATES = 600;
const TOKEN = /^(?:([LADNX])|\{([0-9A-Z|]+)\}|<([a-z]+)>)(?:([0-9]{1,2})(?:-([0-9]{1,2}))?)?$/;

const DIGITS = '0123456789';
const ALL_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const CHARACTERS = DIGITS + ALL_LETTERS;

/**
 * Expands a format: tokens parted by gaps, each `L` (one of the series' letters), `A` (any letter), `D` (digit), `N` (digit but
 * 0), `X` (letter or digit), `{AB|CD}` (one of these texts) or `<name>` (one of that list), and how often: `D4`, `D1-4`.
 * Of a range, the longer runs have the greater share, as the root of how many texts they offer, because authorities go on
 * to the longer number once the shorter are used up. Fault: `syntax/bad-format`.
 */
export function templatesOf(format: string, context: FormatContext): readonly Template[] {
  let grown: readonly Template[] = [{ share: 1, length: 0, slots: [] }];
  for (const token of format.split(' ')) {
    const choices = tokenChoices(token, format, context);
    grown = grown.flatMap(({ share, length, slots }) =>
      choices.map((choice) => ({
        share: share * choice.share,
        length: length + choice.length,
        slots: [...slots, ...choice.slots],
      })),
    );
    if (grown.length > MOST_TEMPLATES) throw new Fault('syntax/bad-format', `too many ways to write ${format}`);
  }
  return grown.filter(({ length }) => length > 0 && length <= LONGEST_TEXT);
}

/** `A-HJ-NP` as ABCDEFGHJKLMNP. */
export function lettersOf(ranges: string): string {
  return ranges.replaceAll(/(.)-(.)/g, (_, from: string, to: string) => {
    return ALL_LETTERS.slice(ALL_LETTERS.indexOf(from), ALL_LETTERS.indexOf(to) + 1);
  });
}

function tokenChoices(token: string, format: string, { letters, lists }: FormatContext): readonly Template[] {
  const [, letter, literal, listName, least, most] = TOKEN.exec(token) ?? [];
  const from = least === undefined ? 1 : Number(least);
  const to = most === undefined ? from : Number(most);
  const texts = literal?.split('|') ?? (listName === undefined ? undefined : lists[listName]);
  if ((letter === undefined && texts === undefined) || from > to || to > LONGEST_TEXT)
    throw new Fault('syntax/bad-format', `cannot understand ${token} in the format ${format}`);
  const single = letter === undefined ? null : characterSlot(letter, letters);
  const kinds = Math.sqrt(texts?.length ?? single?.choices ?? 1);
  const counts = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const total = counts.reduce((sum, count) => sum + kinds ** count, 0);
  return counts.flatMap((count) => {
    const share = kinds ** count / total;
    if (count === 0) return [{ share, length: 0, slots: [] }];
    if (single !== null) return [{ share, length: count, slots: Array<Slot>(count).fill(single) }];
    // A list is not written twice in a row on any plate; characters are.
    return listChoices(texts ?? []).map((one) => ({ ...one, share: share * one.share }));
  });
}

function characterSlot(letter: string, letters: string): Slot & { readonly kind: 'character' } {
  const known: Readonly<Record<string, string>> = {
    L: letters,
    A: ALL_LETTERS,
    D: DIGITS,
    N: DIGITS.slice(1),
    X: CHARACTERS,
  };
  const allowed = known[letter] ?? '';
  const gains = Float64Array.from(CHARACTERS, (one) => (allowed.includes(one) ? gainOf(one, allowed.length) : 0));
  return { kind: 'character', gains, choices: allowed.length };
}

/** One choice for each length of the list's texts, with the share that these are of all. */
function listChoices(texts: readonly string[]): readonly Template[] {
  const lengths = [...new Set(texts.map((text) => text.length))];
  return lengths.map((length) => {
    const some = texts.filter((text) => text.length === length);
    const gains = new Map(some.map((text) => [text, gainOf(text, some.length)]));
    return { share: some.length / texts.length, length, slots: [{ kind: 'list', gains, length }] };
  });
}

function gainOf(text: string, choices: number): number {
  return [...text].reduce((gain, character) => gain * (character >= 'A' ? ALL_LETTERS : DIGITS).length, 1 / choices);
}
