import type { ListEntry } from '../entry.ts';
import type { PlatePopulation } from '../traffic/plate-population.ts';
import { type Calibration, shippedCalibration } from './calibration.ts';
import type { FoldedSpelling } from './folded-spelling.ts';
import type { Reading } from './match.ts';

/** A listed plate that one of the spellings met. */
export interface Candidate {
  readonly entry: ListEntry;
  readonly met: FoldedSpelling;
}

export interface BaseRates {
  /** Expected genuine rate of the list, per million passages. */
  readonly expectedGenuinePerMillion: number;
  readonly entries: number;
}

/** Under this name goes every country that the traffic does not list. */
export const elsewhereName = 'other';

/** Between two listed plates that only O and 0 or I and 1 tell apart, what the reader's choice leaves to the other. */
const lookalikeShare = 0.02;

/** What a reading says for unlisted plates: worked out once for a passage, used for each list. */
export interface ReadingEvidence {
  readonly population: PlatePopulation;
  /** How well each country explains the look of the plate. */
  readonly countries: ReadonlyMap<string, number>;
  /** The same for one that neither the reading nor the population names. */
  readonly elsewhere: number;
  /** The reading's probability of each folded spelling, calibrated. */
  readonly shares: ReadonlyMap<FoldedSpelling, number>;
  /** For each folded spelling and country, the weight of an unlisted vehicle that carries it. */
  readonly weights: ReadonlyMap<FoldedSpelling, ReadonlyMap<string, number>>;
  /** All of these together, and what the reading does not name. */
  readonly total: number;
}

/** Weighs every plate that the vehicle may carry by its density in the traffic. */
export function evidenceOf(
  reading: Reading,
  folded: readonly FoldedSpelling[],
  population: PlatePopulation,
  calibration: Calibration = shippedCalibration,
): ReadingEvidence {
  const countries = countryEvidence(reading, population, calibration);
  const { shares, unnamed } = calibratedShares(folded, calibration);
  const weights = new Map<FoldedSpelling, ReadonlyMap<string, number>>();
  let total = 0;
  const others = unnamed * calibration.unnamedDensity;
  for (const [country, look] of countries) total += others * look * population.typicalDensity(country);
  for (const [one, share] of shares) {
    const byCountry = new Map<string, number>();
    for (const [country, look] of countries) {
      const weight = share * look * population.density(one.folded, country);
      byCountry.set(country, weight);
      total += weight;
    }
    weights.set(one, byCountry);
  }
  const elsewhere = countries.get(elsewhereName) ?? calibration.leastCountry;
  return { population, countries, elsewhere, shares, weights, total };
}

/**
 * The posterior of each candidate: that this vehicle carries that listed plate (Bayes over every plate it may carry).
 *
 * A listed plate has the prior genuine rate / entries; an unlisted one has its density among the traffic. Both are
 * weighed by the reading (spelling and country). The same text of another country is an unlisted plate like any other.
 */
export function posteriors(evidence: ReadingEvidence, candidates: readonly Candidate[], rates: BaseRates): number[] {
  const prior = priorOf(rates);
  const listed = candidates.map((one) => prior * shareOfText(one, candidates, evidence) * countryWeight(one, evidence));
  const unlisted = unlistedWeight(evidence, candidates);
  const sumOf = (wanted: (other: Candidate) => boolean) =>
    candidates.reduce((sum, other, at) => (wanted(other) ? sum + (listed[at] ?? 0) : sum), 0);
  return candidates.map((one, index) => {
    const met = listed[index] ?? 0;
    // An entry with unknown characters may be met by several of the passage's spellings: whichever is right, it is that entry.
    const own = met + sumOf((other) => other.met !== one.met && isSameEntry(one.entry, other.entry));
    const others = sumOf((other) => !isSameEntry(one.entry, other.entry) && !isSamePlate(one, other));
    return met === 0 ? 0 : own / (own + others + unlisted);
  });
}

/** What a posterior's odds say beyond the prior of an entry: how strongly the reading itself speaks for a listed plate. */
export function strengthOf(posterior: number, rates: BaseRates): number {
  return posterior / (1 - posterior) / priorOf(rates);
}

/** The prior of one entry: that the next vehicle is that one. */
export function priorOf({ expectedGenuinePerMillion, entries }: BaseRates): number {
  return Math.min(0.5, expectedGenuinePerMillion / 1e6 / Math.max(1, entries));
}

/**
 * The reading's probabilities raised to 1 / temperature and brought back to a sum of 1, together with what is left to plates that it
 * does not name.
 */
export function calibratedShares(
  folded: readonly FoldedSpelling[],
  { spellingTemperature, leastUnnamed }: Calibration,
): { readonly shares: ReadonlyMap<FoldedSpelling, number>; readonly unnamed: number } {
  const named = folded.reduce((sum, one) => sum + one.probability, 0);
  const softer = (probability: number) => Math.max(0, probability) ** (1 / spellingTemperature);
  const unnamed = softer(Math.max(leastUnnamed, 1 - named));
  const sum = folded.reduce((all, one) => all + softer(one.probability), unnamed);
  return {
    shares: new Map(folded.map((one) => [one, softer(one.probability) / sum])),
    unnamed: unnamed / sum,
  };
}

/** How well each country of the population, in its order, explains the look of the plate; all alike when the reading does not say. */
export function countryEvidence(
  reading: Reading,
  population: PlatePopulation,
  { countryTemperature, leastCountry }: Calibration,
): ReadonlyMap<string, number> {
  if (reading.countries.length === 0) return new Map(population.countries.map((country) => [country, 1]));
  const named = new Set(population.countries);
  const read = new Map<string, number>();
  for (const { country, probability } of reading.countries) {
    const name = named.has(country) ? country : elsewhereName;
    read.set(name, (read.get(name) ?? 0) + probability);
  }
  const countries = named.add(elsewhereName);
  const softer = (country: string) => Math.max(leastCountry, read.get(country) ?? 0) ** (1 / countryTemperature);
  return new Map([...countries].map((country) => [country, softer(country)]));
}

/** An entry without a country is listed for each country in which its text is usual. */
function countryWeight({ entry, met }: Candidate, { countries, elsewhere, population }: ReadingEvidence): number {
  if (entry.country !== undefined) return countries.get(entry.country) ?? elsewhere;
  let seen = 0;
  let usual = 0;
  for (const [country, look] of countries) {
    const density = population.density(met.folded, country);
    usual += density;
    seen += density * look;
  }
  return usual === 0 ? elsewhere : seen / usual;
}

/**
 * The reading's probability of this listed text; look-alike texts that are listed too share it by what the reader chose. An entry with unknown
 * characters means whichever of them it is, and takes nothing from those that are listed exactly.
 */
function shareOfText(one: Candidate, candidates: readonly Candidate[], { shares }: ReadingEvidence): number {
  const { met } = one;
  const share = shares.get(met) ?? 0;
  if (isOpen(one.entry)) return share;
  const listedHere = candidates.filter((other) => other.met === met && !isOpen(other.entry));
  const texts = new Set(listedHere.map((other) => other.entry.text));
  const weightOf = (text: string): number => {
    const exact = met.spellings.find((spelling) => spelling.text === text)?.probability ?? 0;
    return exact + lookalikeShare * met.probability;
  };
  const total = [...texts].reduce((sum, text) => sum + weightOf(text), 0);
  return total === 0 ? 0 : (share * weightOf(one.entry.text)) / total;
}

function isOpen(entry: ListEntry): boolean {
  return entry.text.includes('?');
}

/** What the reading gives to plates that are not listed: all weights but those of the candidates' own plates. */
function unlistedWeight({ weights, total }: ReadingEvidence, candidates: readonly Candidate[]): number {
  let listed = 0;
  for (const met of new Set(candidates.map((one) => one.met))) {
    const byCountry = weights.get(met) ?? new Map<string, number>();
    const own = candidates.filter((one) => one.met === met).map(({ entry }) => countryAsSeen(entry.country, byCountry));
    for (const [country, weight] of byCountry) {
      if (own.includes(undefined) || own.includes(country)) listed += weight;
    }
  }
  // What is left after taking equals away is rounding; at least a part in 10^12 is always somebody else.
  return Math.max(Number.MIN_VALUE, total * 1e-12, total - listed);
}

/** The name under which plates of this country are weighed. */
function countryAsSeen(country: string | undefined, weighed: ReadonlyMap<string, unknown>): string | undefined {
  return country === undefined || weighed.has(country) ? country : elsewhereName;
}

/** Whether two candidates' entries are one entry of a list. */
export function isSameEntry(a: ListEntry, b: ListEntry): boolean {
  return a === b || (a.reference === b.reference && a.text === b.text && a.country === b.country);
}

/** Whether two entries that spellings met may mean one plate: both are met by the same text, and neither tells itself from the other by letters or country. */
function isSamePlate(a: Candidate, b: Candidate): boolean {
  const sameText = a.entry.text === b.entry.text || isOpen(a.entry) || isOpen(b.entry);
  const [here, there] = [a.entry.country, b.entry.country];
  return a.met === b.met && sameText && (here === undefined || there === undefined || here === there);
}
