import type { CountryProbability, Spelling } from '../plate.ts';
import { knownCountries } from './country-syntax.ts';

/** What is known of a plate: its spellings and its countries. */
export interface Hypotheses {
  readonly spellings: readonly Spelling[];
  readonly countries: readonly CountryProbability[];
}

/** A country less probable than this cannot change a spelling that matters. */
const NEGLIGIBLE_COUNTRY = 1e-4;
/** The reader's class of plates from none of its other classes. */
const OTHER = 'other';

/**
 * Joins what the eye saw with what countries write. Each pair of spelling and country is as probable as both were apart, times how
 * well they suit each other: the root of the text's density among the country's plates. The root, because the reader has learnt
 * from plates in these formats and sees the text when it names the country, so half of what they say is known to it already.
 * A camera that sees clearly can say so against every rule: foreign, old, diplomatic and personal plates exist. Then each is
 * summed over the other. Spellings and countries correct one another (an O in a digit's place, a Belgian plate taken for French). The
 * spellings' sum stays as it was: what was not spelled out is not judged.
 */
export function withSyntax({ spellings, countries }: Hypotheses): Hypotheses {
  const likely = countries.filter(({ probability }) => probability > NEGLIGIBLE_COUNTRY);
  const densities = likely.map(({ country }) => densityIn(country, countries));
  const sums = new Float64Array(likely.length);
  let before = 0;
  let after = 0;
  const joined = spellings.map(({ text, probability }) => {
    let sum = 0;
    likely.forEach((country, at) => {
      const suits = Math.sqrt(densities[at]?.(text) ?? 0);
      const share = probability * country.probability * suits;
      sums[at] = (sums[at] ?? 0) + share;
      sum += share;
    });
    before += probability;
    after += sum;
    return { text, probability: sum };
  });
  if (!(after > 0)) return { spellings, countries };
  const countrySums = new Map(likely.map(({ country }, at) => [country, sums[at] ?? 0]));
  return {
    spellings: joined
      .map(({ text, probability }) => ({ text, probability: (probability / after) * before }))
      .sort((a, b) => b.probability - a.probability),
    countries: countries
      .map(({ country }) => ({ country, probability: (countrySums.get(country) ?? 0) / after }))
      .sort((a, b) => b.probability - a.probability),
  };
}

/**
 * How a country's density is found. `other` and codes that no country file describes are an average country, `other` one of
 * those that are not named beside it.
 */
function densityIn(code: string, beside: readonly CountryProbability[]): (text: string) => number {
  const syntax = knownCountries().get(code);
  if (syntax !== undefined) return (text) => syntax.density(text);
  const all = [...new Set(knownCountries().values())];
  const named = new Set(beside.map(({ country }) => country));
  const unnamed = code === OTHER ? all.filter(({ country }) => !named.has(country)) : [];
  const countries = unnamed.length > 0 ? unnamed : all;
  return (text) => {
    let sum = 0;
    for (const one of countries) sum += one.density(text);
    return sum / countries.length;
  };
}
