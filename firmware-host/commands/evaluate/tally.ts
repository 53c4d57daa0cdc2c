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

/** Adds up scored plates: all of them, by country, by quality, and how far their probabilities can be trusted. */
export class Tallies {
  readonly all = emptyTally();
  readonly byCountry = new Map<string, Tally>();
  readonly byQuality = new Map<string, Tally>();
  readonly sure: readonly SureReads[] = [0.9, 0.99, 0.999].map((atLeast) => ({ atLeast, reads: 0, wrong: 0 }));

  add(scored: ScoredPlate): void {
    const { country, quality } = scored.plate;
    count(this.all, scored);
    if (country !== null) count(group(this.byCountry, country), scored);
    if (quality !== null) count(group(this.byQuality, quality), scored);
    const probability = scored.read?.spellings[0]?.probability ?? 0;
    for (const sure of this.sure) {
      if (probability < sure.atLeast) continue;
      sure.reads++;
      if (!scored.folded) sure.wrong++;
    }
  }
}

function count(tally: Tally, { plate, read, exact, folded }: ScoredPlate): void {
  tally.plates++;
  if (read === null) return;
  tally.found++;
  if (exact) tally.exact++;
  if (folded) tally.folded++;
  if (plate.country === null || !plate.signed) return;
  tally.countries++;
  if (read.countries[0]?.country === plate.country) tally.countriesRight++;
}

function group(groups: Map<string, Tally>, name: string): Tally {
  const tally = groups.get(name) ?? emptyTally();
  groups.set(name, tally);
  return tally;
}

function emptyTally(): Tally {
  return { plates: 0, found: 0, exact: 0, folded: 0, countries: 0, countriesRight: 0 };
}
