import { type CountrySyntax, knownCountries } from './country-syntax.ts';
import { LONGEST_TEXT } from './format-language.ts';
import type { WrittenText } from './written-text.ts';

/** A country of a reader's, with series of a text's shape. */
export interface Writer {
  /** Its place among the countries. */
  readonly at: number;
  readonly syntaxes: readonly CountrySyntax[];
  /** The country is the mean of so many, of which only `syntaxes` have such series. */
  readonly of: number;
}

const NONE: readonly Writer[] = [];
/** The reader's class of plates from none of its other classes. */
const OTHER = 'other';

/**
 * The countries that one reader tells apart, asked together: few have series of a text's shape, and to all others a text is one of no series.
 * `other` is an average of the countries that the reader does not name, and a code that no country file describes one of all.
 */
export class CountriesTogether {
  /** Of each country, the part of plates that follow no series. */
  readonly personal: Float64Array;
  readonly #places: ReadonlyMap<string, number>;
  readonly #syntaxes: readonly (readonly CountrySyntax[])[];
  readonly #byShape = new Map<number, readonly Writer[]>();

  constructor(codes: readonly string[]) {
    this.#places = new Map(codes.map((code, at) => [code, at]));
    this.#syntaxes = codes.map((code) => syntaxesOf(code, codes));
    this.personal = Float64Array.from(
      this.#syntaxes,
      (all) => all.reduce((sum, one) => sum + one.personal, 0) / all.length,
    );
  }

  /** How many there are. */
  get size(): number {
    return this.#places.size;
  }

  /** A country's place, -1 if it is none of them. */
  placeOf(code: string): number {
    return this.#places.get(code) ?? -1;
  }

  /** The countries that have series of the text's shape. */
  writersOf(one: WrittenText): readonly Writer[] {
    if (one.text.length > LONGEST_TEXT) return NONE;
    const known = this.#byShape.get(one.shape);
    if (known !== undefined) return known;
    const writers = this.#syntaxes.flatMap((all, at) => {
      const syntaxes = all.filter((syntax) => syntax.hasShapeOf(one));
      return syntaxes.length === 0 ? [] : [{ at, syntaxes, of: all.length }];
    });
    this.#byShape.set(one.shape, writers);
    return writers;
  }
}

/** How often the writer's plates carry the text in one of their series, as a density. */
export function seriesDensity({ syntaxes, of }: Writer, one: WrittenText): number {
  let sum = 0;
  for (let i = 0; i < syntaxes.length; i++) sum += (syntaxes[i] as CountrySyntax).seriesDensity(one);
  return sum / of;
}

function syntaxesOf(code: string, beside: readonly string[]): readonly CountrySyntax[] {
  const syntax = knownCountries().get(code);
  if (syntax !== undefined) return [syntax];
  const all = [...new Set(knownCountries().values())];
  const unnamed = all.filter(({ country }) => !beside.includes(country));
  return code === OTHER && unnamed.length > 0 ? unnamed : all;
}
