import type { CountryProbability, Hypotheses } from '../plate.ts';
import { type CountrySyntax, knownCountries, shapeOf } from './country-syntax.ts';

/** What is known of a plate once countries have been asked. */
export interface JoinedHypotheses extends Hypotheses {
  /**
   * How much better these countries' series explain what was seen than letters and digits at random would; as the root, as all of
   * syntax counts. About 1 for most plates, a hundredth for lettering that nobody registers.
   */
  readonly fit: number;
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
export function withSyntax({ spellings, countries }: Hypotheses): JoinedHypotheses {
  const likely = countries
    .filter(({ probability }) => probability > NEGLIGIBLE_COUNTRY)
    .sort((a, b) => b.probability - a.probability)
    .map((one) => ({ ...one, syntaxes: syntaxesOf(one.country, countries), sum: 0 }));
  const few = likely.filter(({ syntaxes }) => syntaxes.length === 1).slice(0, FEW_COUNTRIES);
  const fewMass = mass(few);
  const likelyMass = mass(likely);
  let before = 0;
  let after = 0;
  const joined = spellings.map(({ text, probability }) => {
    const judges = probability < UNLIKELY_SPELLING && few.length > 0 ? few : likely;
    const scale = probability * (judges === few ? likelyMass / fewMass : 1);
    const shape = shapeOf(text);
    let sum = 0;
    for (const country of judges) {
      const share = scale * country.probability * Math.sqrt(meanDensity(country.syntaxes, text, shape));
      country.sum += share;
      sum += share;
    }
    before += probability;
    after += sum;
    return { text, probability: sum };
  });
  if (!(after > 0)) return { spellings, countries, fit: 0 };
  const countrySums = new Map(likely.map(({ country, sum }) => [country, sum]));
  return {
    spellings: joined
      .map(({ text, probability }) => ({ text, probability: (probability / after) * before }))
      .sort((a, b) => b.probability - a.probability),
    countries: countries
      .map(({ country }) => ({ country, probability: (countrySums.get(country) ?? 0) / after }))
      .sort((a, b) => b.probability - a.probability),
    fit: after / before,
  };
}

function mass(countries: readonly CountryProbability[]): number {
  return countries.reduce((sum, { probability }) => sum + probability, 0);
}

function meanDensity(syntaxes: readonly CountrySyntax[], text: string, shape: number): number {
  let sum = 0;
  for (let i = 0; i < syntaxes.length; i++) sum += syntaxes[i]?.density(text, shape) ?? 0;
  return sum / syntaxes.length;
}

/**
 * The syntaxes whose mean is a country's. `other` and codes that no country file describes are an average country, `other`
 * one of those that are not named beside it.
 */
function syntaxesOf(code: string, beside: readonly CountryProbability[]): readonly CountrySyntax[] {
  const own = knownCountries().get(code);
  if (own !== undefined) return [own];
  if (code !== OTHER) return distinct();
  const named = beside.map(({ country }) => country).join(' ');
  if (unnamed?.beside !== named) {
    const names = new Set(named.split(' '));
    const rest = distinct().filter(({ country }) => !names.has(country));
    unnamed = { beside: named, syntaxes: rest.length > 0 ? rest : distinct() };
  }
  return unnamed.syntaxes;
}

/** The same countries stand beside `other` at every read of one model. */
let unnamed: { readonly beside: string; readonly syntaxes: readonly CountrySyntax[] } | undefined;

function distinct(): readonly CountrySyntax[] {
  return [...new Set(knownCountries().values())];
}
