import { byProbability, type CountryProbability, type Hypotheses, type PlateRead, type Spelling } from './plate.ts';

/** One way in which one plate was read, and how well its text was made out. */
export interface AttemptRead {
  readonly read: PlateRead;
  readonly likelihood: number;
}

/**
 * What several attempts on one plate in one picture say together: a mixture in which the clearer attempt counts more. They
 * see the same pixels, so agreement makes them no surer than the best of them, and a contradiction makes them less sure:
 * taking the surest alone would pick the error whenever an error is sure of itself. Outline and rows are the clearest attempt's.
 */
export function joinedRead(attempts: readonly AttemptRead[], mostSpellings: number): AttemptRead | undefined {
  const [first, ...others] = attempts;
  if (first === undefined) return undefined;
  const clearest = others.reduce((best, other) => (other.likelihood > best.likelihood ? other : best), first);
  // Most attempts on a doubtful plate fail outright and must not drown the one that did not.
  const heard = attempts.filter(({ likelihood }) => likelihood > clearest.likelihood * HEARD);
  if (heard.length < 2) return clearest;
  const total = heard.reduce((sum, { likelihood }) => sum + weight(likelihood), 0);
  const shares = heard.map(({ read, likelihood }) => ({ read, share: weight(likelihood) / total }));
  const read: PlateRead = {
    ...clearest.read,
    ...mixture(shares, ({ read }) => read, mostSpellings),
    seen: mixture(shares, ({ read }) => read.seen, mostSpellings),
  };
  const surest = read.spellings[0]?.probability ?? 0;
  return { read, likelihood: Math.min(clearest.likelihood, surest) };
}

interface Shared {
  readonly read: PlateRead;
  readonly share: number;
}

function mixture(reads: readonly Shared[], of: (one: Shared) => Hypotheses, mostSpellings: number): Hypotheses {
  const spellings = new Map<string, number>();
  const countries = new Map<string, number>();
  for (const one of reads) {
    for (const { text, probability } of of(one).spellings)
      spellings.set(text, (spellings.get(text) ?? 0) + one.share * probability);
    for (const { country, probability } of of(one).countries)
      countries.set(country, (countries.get(country) ?? 0) + one.share * probability);
  }
  return {
    spellings: [...spellings].map(spellingOf).sort(byProbability).slice(0, mostSpellings),
    countries: [...countries].map(countryOf).sort(byProbability),
  };
}

/** An attempt less clear than this share of the clearest is not heard. */
const HEARD = 0.05;

function weight(likelihood: number): number {
  return likelihood ** 2;
}

function spellingOf([text, probability]: readonly [string, number]): Spelling {
  return { text, probability };
}

function countryOf([country, probability]: readonly [string, number]): CountryProbability {
  return { country, probability };
}
