import type { ScoredPlate } from './scoring.ts';

/** Counts of one group of plates. */
export interface Tally {
  plates: number;
  found: number;
  exact: number;
  folded: number;
  /** Of the plates found whose country is labelled and has a sign to be read. */
  countries: number;
  countriesRight: number;
}

/** Reads that were given at least this probability, and how many of them were wrong (folded). */
export interface SureReads {
  readonly atLeast: number;
  reads: number;
  wrong: number;
}

/** What a reader answers for a country that it has no name for. */
const OTHER = 'other';

/** Adds up scored plates: all of them, by country, by quality, by country those of good quality, and how far their probabilities can be trusted. */
export class Tallies {
  readonly all = emptyTally();
  readonly byCountry = new Map<string, Tally>();
  readonly byCountryGood = new Map<string, Tally>();
  readonly byQuality = new Map<string, Tally>();
  readonly sure: readonly SureReads[] = [0.9, 0.99, 0.999].map((atLeast) => ({ atLeast, reads: 0, wrong: 0 }));
  readonly #named: ReadonlySet<string>;

  /** With the countries that the reader can name: of any other `other` is right. */
  constructor(named: readonly string[]) {
    this.#named = new Set(named);
  }

  add(scored: ScoredPlate): void {
    const { country, quality } = scored.plate;
    const groups = [
      this.all,
      ...(country === null ? [] : [group(this.byCountry, country)]),
      ...(country === null || quality !== 'good' ? [] : [group(this.byCountryGood, country)]),
      ...(quality === null ? [] : [group(this.byQuality, quality)]),
    ];
    const countryIsRight = country !== null && scored.read?.countries[0]?.country === this.#answerFor(country);
    for (const tally of groups) count(tally, scored, countryIsRight);
    const probability = scored.read?.spellings[0]?.probability ?? 0;
    for (const sure of this.sure) {
      if (probability < sure.atLeast) continue;
      sure.reads++;
      if (!scored.folded) sure.wrong++;
    }
  }

  #answerFor(country: string): string {
    return this.#named.has(country) ? country : OTHER;
  }
}

function count(tally: Tally, { plate, read, exact, folded }: ScoredPlate, countryIsRight: boolean): void {
  tally.plates++;
  if (read === null) return;
  tally.found++;
  if (exact) tally.exact++;
  if (folded) tally.folded++;
  if (plate.country === null || !plate.signed) return;
  tally.countries++;
  if (countryIsRight) tally.countriesRight++;
}

function group(groups: Map<string, Tally>, name: string): Tally {
  const tally = groups.get(name) ?? emptyTally();
  groups.set(name, tally);
  return tally;
}

function emptyTally(): Tally {
  return { plates: 0, found: 0, exact: 0, folded: 0, countries: 0, countriesRight: 0 };
}
