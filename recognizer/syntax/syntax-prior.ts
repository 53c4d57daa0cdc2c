import type { CountryProbability, Spelling } from '../plate.ts';
import { knownCountries } from './country-syntax.ts';

/** What is known of a plate: its spellings and its countries. */
export interface Hypotheses {
  readonly spellings: readonly Spelling[];
  readonly countries: readonly CountryProbability[];
}

/** A country less probable than this cannot change a spelling that matters. */
const NEGLIGIBLE_COUNTRY = 1e-4;
/** Most of a read's spellings are less probable than this: the likeliest countries judge them, for the others' say is too dear. */
const UNLIKELY_SPELLING = 1e-3;
const FEW_COUNTRIES = 4;
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
  const likely = countries
    .filter(({ probability }) => probability > NEGLIGIBLE_COUNTRY)
    .sort((a, b) => b.probability - a.probability)
    .map((one) => ({ ...one, density: densityIn(one.country, countries), sum: 0 }));
  const few = likely.slice(0, FEW_COUNTRIES);
  const fewMass = mass(few);
  const likelyMass = mass(likely);
  let before = 0;
  let after = 0;
  const joined = spellings.map(({ text, probability }) => {
    const judges = probability < UNLIKELY_SPELLING ? few : likely;
    const scale = probability * (judges === few ? likelyMass / fewMass : 1);
    let sum = 0;
    for (const country of judges) {
      const share = scale * country.probability * Math.sqrt(country.density(text));
      country.sum += share;
      sum += share;
    }
    before += probability;
    after += sum;
    return { text, probability: sum };
  });
  if (!(after > 0)) return { spellings, countries };
  const countrySums = new Map(likely.map(({ country, sum }) => [country, sum]));
  return {
    spellings: joined
      .map(({ text, probability }) => ({ text, probability: (probability / after) * before }))
      .sort((a, b) => b.probability - a.probability),
    countries: countries
      .map(({ country }) => ({ country, probability: (countrySums.get(country) ?? 0) / after }))
      .sort((a, b) => b.probability - a.probability),
  };
}

function mass(countries: readonly CountryProbability[]): number {
  return countries.reduce((sum, { probability }) => sum + probability, 0);
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
