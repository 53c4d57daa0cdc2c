import type { ListEntry } from './entry.ts';
import type { Reading } from './match.ts';
import type { PlatePopulation } from './plate-population.ts';

/** All spellings of a reading that fold to one look-up form. */
export interface FoldedSpelling {
  readonly folded: string;
  /** Most probable first. */
  readonly spellings: Reading['spellings'];
  readonly probability: number;
}

/** A listed plate that one of the spellings met. */
export interface Candidate {
  readonly entry: ListEntry;
  readonly met: FoldedSpelling;
}

export interface BaseRates {
  /** Expected genuine rate of the list, per million passages. */
  readonly genuinePerMillion: number;
  readonly entries: number;
  readonly population: PlatePopulation;
}

/** No reading is taken to be surer than this, whatever it says of itself. */
const readingFloor = 1e-6;
/** No country is taken to be less likely than this from the look of a plate. */
const countryFloor = 1e-3;
/** Between two listed plates that only O and 0 or I and 1 tell apart, what the reader's choice leaves to the other. */
const lookalikeShare = 0.02;

/**
 * The posterior of each candidate: that this vehicle carries that listed plate (Bayes over every plate it may carry).
 *
 * A listed plate has the prior genuine rate / entries; an unlisted one has its density among the traffic. Both are
 * weighed by the reading (spelling and country). The same text of another country is an unlisted plate like any other.
 */
export function posteriors(
  reading: Reading,
  folded: readonly FoldedSpelling[],
  candidates: readonly Candidate[],
  rates: BaseRates,
): number[] {
  const seen = countryEvidence(reading, rates.population);
  const prior = Math.min(0.5, rates.genuinePerMillion / 1e6 / Math.max(1, rates.entries));
  const listed = candidates.map(
    (one) => prior * shareOfText(one, candidates) * countryWeight(one, seen, rates.population),
  );
  const unlisted = unlistedWeight(folded, candidates, seen, rates.population);
  return candidates.map((one, index) => {
    const own = listed[index] ?? 0;
    const others = candidates.reduce(
      (sum, other, at) => (samePlate(one.entry, other.entry) ? sum : sum + (listed[at] ?? 0)),
      0,
    );
    return own === 0 ? 0 : own / (own + others + unlisted);
  });
}

/**
 * The least posterior at which hits stay within a budget. With every hit at or above t, false hits are at most
 * (1 - t) / t of the genuine ones, of which there are at most as many as the list expects.
 */
export function leastPosterior(genuinePerMillion: number, falsePerMillion: number): number {
  return genuinePerMillion / (genuinePerMillion + falsePerMillion);
}

type CountryEvidence = ReadonlyMap<string, number>;

/** How well each country of the population explains the look of the plate; all alike when the reading does not say. */
function countryEvidence(reading: Reading, population: PlatePopulation): CountryEvidence {
  if (reading.countries.length === 0) return new Map(population.countries.map((country) => [country, 1]));
  const read = new Map(reading.countries.map((one) => [one.country, one.probability]));
  const countries = new Set([...population.countries, ...read.keys()]);
  return new Map([...countries].map((country) => [country, Math.max(countryFloor, read.get(country) ?? 0)]));
}

function countryWeight({ entry, met }: Candidate, seen: CountryEvidence, population: PlatePopulation): number {
  if (entry.country !== undefined) return seen.get(entry.country) ?? seen.get('other') ?? countryFloor;
  const text = met.spellings[0]?.text ?? met.folded;
  const densities = population.countries.map((country) => [country, population.density(text, country)] as const);
  const total = densities.reduce((sum, [, density]) => sum + density, 0);
  return densities.reduce((sum, [country, density]) => sum + ((seen.get(country) ?? 0) * density) / total, 0);
}

/** The reading's probability of this listed text; look-alike texts that are listed too share it by what the reader chose. */
function shareOfText(one: Candidate, candidates: readonly Candidate[]): number {
  const { met } = one;
  const texts = new Set(candidates.filter((other) => other.met === met).map((other) => other.entry.text));
  const weightOf = (text: string): number => {
    const exact = text.includes('?') ? 1 : (met.spellings.find((spelling) => spelling.text === text)?.probability ?? 0);
    return exact + lookalikeShare * met.probability;
  };
  const total = [...texts].reduce((sum, text) => sum + weightOf(text), 0);
  return total === 0 ? 0 : (met.probability * weightOf(one.entry.text)) / total;
}

function unlistedWeight(
  folded: readonly FoldedSpelling[],
  candidates: readonly Candidate[],
  seen: CountryEvidence,
  population: PlatePopulation,
): number {
  let weight = 0;
  let named = 0;
  for (const group of folded) {
    named += group.probability;
    const listed = candidates.filter((one) => one.met === group).map((one) => one.entry.country);
    if (listed.includes(undefined)) continue;
    for (const [country, evidence] of seen) {
      if (listed.includes(country)) continue;
      const text = group.spellings[0]?.text ?? group.folded;
      weight += group.probability * evidence * population.density(text, country);
    }
  }
  const unnamed = Math.max(readingFloor, 1 - named);
  for (const [country, evidence] of seen) weight += unnamed * evidence * population.typicalDensity(country);
  return weight;
}

function samePlate(a: ListEntry, b: ListEntry): boolean {
  const sameText = a.text === b.text || a.text.includes('?') || b.text.includes('?');
  return sameText && (a.country === undefined || b.country === undefined || a.country === b.country);
}
