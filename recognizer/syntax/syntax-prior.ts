import { byProbability, type CountryProbability, type Hypotheses } from '../plate.ts';
import { type CountrySyntax, knownCountries } from './country-syntax.ts';
import { type WrittenText, written } from './written-text.ts';

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
  const likely = countries.filter(({ probability }) => probability > NEGLIGIBLE_COUNTRY);
  const judges = likely.map((one) => new Judge(one, syntaxesOf(one.country, countries)));
  const few = likeliest(judges);
  const fewStandFor = mass(likely) / few.reduce((sum, { probability }) => sum + probability, 0);
  let before = 0;
  let after = 0;
  const joined = spellings.map(({ text, probability }) => {
    const unlikely = probability < UNLIKELY_SPELLING && few.length > 0;
    const scale = unlikely ? probability * fewStandFor : probability;
    const one = written(text);
    let sum = 0;
    for (const judge of unlikely ? few : judges) sum += judge.joined(one, scale);
    before += probability;
    after += sum;
    return { text, probability: sum };
  });
  if (!(after > 0)) return { spellings, countries, fit: 0 };
  const countrySums = new Map(judges.map(({ country, sum }) => [country, sum]));
  return {
    spellings: joined
      .map(({ text, probability }) => ({ text, probability: (probability / after) * before }))
      .sort(byProbability),
    countries: countries
      .map(({ country }) => ({ country, probability: (countrySums.get(country) ?? 0) / after }))
      .sort(byProbability),
    fit: after / before,
  };
}

/** A country that says of texts how well they suit it, and adds up what it said. */
class Judge {
  readonly country: string;
  readonly probability: number;
  readonly syntaxes: readonly CountrySyntax[];
  sum = 0;

  constructor({ country, probability }: CountryProbability, syntaxes: readonly CountrySyntax[]) {
    this.country = country;
    this.probability = probability;
    this.syntaxes = syntaxes;
  }

  joined(text: WrittenText, scale: number): number {
    const joint = scale * this.probability * Math.sqrt(meanDensity(this.syntaxes, text));
    this.sum += joint;
    return joint;
  }
}

/** The few likeliest of the countries that are one, the likeliest first. */
function likeliest(judges: readonly Judge[]): readonly Judge[] {
  const few: Judge[] = [];
  for (const judge of judges) {
    if (judge.syntaxes.length !== 1) continue;
    let place = few.length;
    while (place > 0 && (few[place - 1]?.probability ?? 0) < judge.probability) place--;
    if (place === FEW_COUNTRIES) continue;
    few.splice(place, 0, judge);
    few.length = Math.min(few.length, FEW_COUNTRIES);
  }
  return few;
}

function mass(countries: readonly CountryProbability[]): number {
  return countries.reduce((sum, { probability }) => sum + probability, 0);
}

function meanDensity(syntaxes: readonly CountrySyntax[], text: WrittenText): number {
  let sum = 0;
  for (let i = 0; i < syntaxes.length; i++) sum += syntaxes[i]?.densityOf(text) ?? 0;
  return sum / syntaxes.length;
}

/**
 * The syntaxes whose mean is a country's. `other` and codes that no country file describes are an average country, `other`
 * one of those that are not named beside it.
 */
function syntaxesOf(code: string, beside: readonly CountryProbability[]): readonly CountrySyntax[] {
  const own = single.get(code);
  if (own !== undefined) return own;
  const syntax = knownCountries().get(code);
  if (syntax === undefined) return code === OTHER ? unnamedBeside(beside) : distinct();
  const alone = [syntax];
  single.set(code, alone);
  return alone;
}

const single = new Map<string, readonly CountrySyntax[]>();

/** The countries that a read does not name, or all when it names all. The same ones stand beside `other` at every read of one model. */
function unnamedBeside(beside: readonly CountryProbability[]): readonly CountrySyntax[] {
  const same =
    unnamed?.beside.length === beside.length && unnamed.beside.every((code, i) => code === beside[i]?.country);
  if (unnamed === undefined || !same) {
    const names = new Set(beside.map(({ country }) => country));
    const rest = distinct().filter(({ country }) => !names.has(country));
    unnamed = { beside: beside.map(({ country }) => country), syntaxes: rest.length > 0 ? rest : distinct() };
  }
  return unnamed.syntaxes;
}

let unnamed: { readonly beside: readonly string[]; readonly syntaxes: readonly CountrySyntax[] } | undefined;

function distinct(): readonly CountrySyntax[] {
  all ??= [...new Set(knownCountries().values())];
  return all;
}

let all: readonly CountrySyntax[] | undefined;
