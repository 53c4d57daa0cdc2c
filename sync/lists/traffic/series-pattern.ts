import { fold } from '../../../config/foundation/fold.ts';
import type { CountryPlates } from './plate-series.ts';

/** One place of a plate: what may stand there, drawn or folded, with its probability. */
interface Place {
  readonly choices: readonly Choice[];
  /** By the code of a single folded character; this is looked at some thousand times a match. */
  readonly characters: Float64Array;
  /** Folded words of two or three characters. */
  readonly words: ReadonlyMap<string, number>;
  readonly longest: number;
}

interface Choice {
  readonly text: string;
  readonly probability: number;
}

/** A series as places to fill, and the separators that its plates show. */
export interface CompiledSeries {
  readonly part: number;
  readonly banded: number;
  readonly places: readonly Place[];
  /** The pattern with a NUL where each place stands. */
  readonly layout: string;
  readonly shortest: number;
  readonly longest: number;
  /** Probability that two of its plates are the same. */
  readonly collision: number;
}

const placePattern = /\[([^\]]+)\]|([LDW])/g;
const placeMark = '\0';

/** Makes a country's series ready for densities and drawing. */
export function compileSeries(country: CountryPlates): readonly CompiledSeries[] {
  const letters = placeOf(expanded(country.letters).map((text) => ({ text, probability: 1 })));
  const digits = placeOf([...'0123456789'].map((text) => ({ text, probability: 1 })));
  const words = placeOf((country.words ?? '').split(/\s+/).filter(Boolean).map(wordOf));
  return country.series.map(({ pattern, part, banded = country.banded }) => {
    const places = [...pattern.matchAll(placePattern)].map(([, set, kind]) => {
      if (set !== undefined) return placeOf(expanded(set).map((text) => ({ text, probability: 1 })));
      return kind === 'L' ? letters : kind === 'D' ? digits : words;
    });
    const shortest = places.reduce((sum, { choices }) => sum + Math.min(...choices.map(({ text }) => text.length)), 0);
    const longest = places.reduce((sum, place) => sum + place.longest, 0);
    const layout = pattern.replaceAll(placePattern, placeMark);
    const collision = places.reduce(
      (product, { characters, words }) => product * (squares([...characters]) + squares([...words.values()])),
      1,
    );
    return { part, banded, places, layout, shortest, longest, collision };
  });
}

/** The probability of exactly this folded text among the plates of a series. */
export function seriesProbability(series: CompiledSeries, folded: string): number {
  if (folded.length < series.shortest || folded.length > series.longest) return 0;
  return from(series.places, 0, folded, 0);
}

/** One plate of a series as it is laid out, separators and all. */
export function drawnPlate(series: CompiledSeries, random: () => number): string {
  let place = 0;
  return [...series.layout]
    .map((mark) => (mark === placeMark ? pick(series.places[place++]?.choices ?? [], random) : mark))
    .join('');
}

function from(places: readonly Place[], place: number, folded: string, at: number): number {
  const here = places[place];
  if (here === undefined) return at === folded.length ? 1 : 0;
  const single = here.characters[folded.charCodeAt(at)] ?? 0;
  let sum = single === 0 ? 0 : single * from(places, place + 1, folded, at + 1);
  for (let length = 2; length <= here.longest && at + length <= folded.length; length += 1) {
    const word = here.words.get(folded.slice(at, at + length));
    if (word !== undefined) sum += word * from(places, place + 1, folded, at + length);
  }
  return sum;
}

function placeOf(weighed: readonly Choice[]): Place {
  const total = weighed.reduce((sum, { probability }) => sum + probability, 0);
  const choices = weighed.map(({ text, probability }) => ({ text, probability: probability / total }));
  const characters = new Float64Array(128);
  const words = new Map<string, number>();
  for (const { text, probability } of choices) {
    const folded = fold(text);
    const code = folded.charCodeAt(0);
    if (folded.length === 1) characters[code] = (characters[code] ?? 0) + probability;
    else words.set(folded, (words.get(folded) ?? 0) + probability);
  }
  return { choices, characters, words, longest: Math.max(1, ...choices.map(({ text }) => text.length)) };
}

function wordOf(told: string): Choice {
  const [word = '', weight = '1'] = told.split(':');
  const text = word.normalize('NFD').replace(/\p{Mn}/gu, '');
  return { text, probability: Number(weight) };
}

/** `A-CX` is A, B, C and X. */
function expanded(set: string): string[] {
  return [...set.matchAll(/(.)-(.)|(.)/g)].flatMap(([, first, last, single]) => {
    if (first === undefined || last === undefined) return [single ?? ''];
    const start = first.charCodeAt(0);
    return Array.from({ length: last.charCodeAt(0) - start + 1 }, (_, n) => String.fromCharCode(start + n));
  });
}

function pick(choices: readonly Choice[], random: () => number): string {
  let left = random();
  for (const { text, probability } of choices) {
    left -= probability;
    if (left < 0) return text;
  }
  return choices.at(-1)?.text ?? '';
}

function squares(shares: readonly number[]): number {
  return shares.reduce((sum, share) => sum + share * share, 0);
}
