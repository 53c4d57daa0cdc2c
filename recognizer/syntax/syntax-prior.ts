import type { CountryProbability, Spelling } from '../plate.ts';
import { type CountryFormats, PLATE_FORMATS } from './plate-formats.ts';

/** What is known of a plate: its spellings and its countries. */
export interface Hypotheses {
  readonly spellings: readonly Spelling[];
  readonly countries: readonly CountryProbability[];
}

/**
 * How well a text suits a country. None is zero: foreign, old, diplomatic and personal plates exist, and a camera that
 * sees clearly must be able to say so against every rule.
 */
const ORDINARY = 1;
const RARE = 0.2;
const UNHEARD_OF = 0.05;
/** For a country whose formats are not known. */
const UNKNOWN = 0.3;
/** A country less probable than this cannot change a spelling that matters. */
const NEGLIGIBLE_COUNTRY = 1e-4;

/** Weighs a text by a country's formats: 1 for an ordinary plate of it, less for what is rare or unheard of. */
export function syntaxWeight(country: string, text: string): number {
  const formats = COMPILED.get(country);
  if (formats === undefined) return UNKNOWN;
  if (formats.ordinary.test(text)) return ORDINARY;
  return formats.rare?.test(text) === true ? RARE : UNHEARD_OF;
}

/**
 * Joins what the eye saw with what countries write: each pair of spelling and country is as probable as both were apart,
 * times how well they suit each other; then each is summed over the other. Spellings and countries correct one another
 * (an O in a digit's place, a Belgian plate taken for French). The spellings' sum stays as it was: what was not spelled
 * out is not judged.
 */
export function withSyntax({ spellings, countries }: Hypotheses): Hypotheses {
  const likely = countries.filter(({ probability }) => probability > NEGLIGIBLE_COUNTRY);
  const countrySums = new Map<string, number>();
  let before = 0;
  let after = 0;
  const joined = spellings.map(({ text, probability }) => {
    let sum = 0;
    for (const country of likely) {
      const share = probability * country.probability * syntaxWeight(country.country, text);
      countrySums.set(country.country, (countrySums.get(country.country) ?? 0) + share);
      sum += share;
    }
    before += probability;
    after += sum;
    return { text, probability: sum };
  });
  if (!(after > 0)) return { spellings, countries };
  return {
    spellings: joined
      .map(({ text, probability }) => ({ text, probability: (probability / after) * before }))
      .sort((a, b) => b.probability - a.probability),
    countries: countries
      .map(({ country }) => ({ country, probability: (countrySums.get(country) ?? 0) / after }))
      .sort((a, b) => b.probability - a.probability),
  };
}

interface CompiledFormats {
  readonly ordinary: RegExp;
  readonly rare: RegExp | null;
}

const COMPILED: ReadonlyMap<string, CompiledFormats> = new Map(
  PLATE_FORMATS.map((formats) => [
    formats.country,
    {
      ordinary: compiled(formats, formats.ordinary),
      rare: formats.rare.length > 0 ? compiled(formats, formats.rare) : null,
    },
  ]),
);

function compiled(formats: CountryFormats, expressions: readonly string[]): RegExp {
  const alternatives = expressions.join('|').replaceAll('@', `[${formats.letters}]`).replaceAll('#', '[0-9]');
  return new RegExp(`^(?:${alternatives})$`);
}
