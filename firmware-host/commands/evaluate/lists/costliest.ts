import { fold } from '../../../../config/foundation/fold.ts';
import type { Calibration } from '../../../../sync/lists/matching/calibration.ts';
import { foldedSpellings } from '../../../../sync/lists/matching/folded-spelling.ts';
import { type HitTerms, leastPosterior } from '../../../../sync/lists/matching/hit-grade.ts';
import { evidenceOf, strengthOf } from '../../../../sync/lists/matching/posterior.ts';
import type { PlatePopulation } from '../../../../sync/lists/traffic/plate-population.ts';
import { textTable } from '../../../console/text-table.ts';
import { decoysOf } from './decoys.ts';
import type { KnownPassage } from './list-measure.ts';

/** One passage taken for one plate that it does not carry, were that plate listed: confirmed, without a person. */
export interface CostlyReading {
  readonly carried: string;
  readonly takenFor: string;
  /** Whether the text was read right, so that the country alone was taken for another. */
  readonly textWasRight: boolean;
  /** Expected confirmed false hits, by this reading, on a list of that size: the probability that the plate is on it. */
  readonly falseHits: number;
}

export interface CostOptions {
  readonly population: PlatePopulation;
  readonly calibration: Calibration;
  readonly terms: HitTerms;
}

/** What lists of this size would confirm wrongly of this passage: expected over all lists, where measuring draws some. */
export function costOf({ text, country, reading }: KnownPassage, options: CostOptions): readonly CostlyReading[] {
  if (reading === null) return [];
  const { population, calibration, terms } = options;
  const evidence = evidenceOf(reading, foldedSpellings(reading), population, calibration);
  const leastStrength = strengthOf(leastPosterior('confirmed', terms, calibration), terms);
  return decoysOf({ text, country }, evidence, terms.entries)
    .filter(({ strength }) => strength >= leastStrength)
    .map(({ met, entry, density }) => ({
      carried: `${text} ${country ?? '?'}`,
      takenFor: `${entry.text} ${entry.country ?? '?'}`,
      textWasRight: met.folded === fold(text),
      falseHits: -Math.expm1(-density * terms.entries),
    }));
}

/** One JSON object a line for each of the `count` readings that cost most, then one for all of them together. */
export function costLines(readings: readonly CostlyReading[], passages: number, count: number): string {
  const { all, share } = togetherOf(readings);
  const costliest = costliestOf(readings, count).map(({ carried, takenFor, textWasRight, falseHits }) => ({
    carried,
    takenFor,
    textWasRight,
    falsePerMillion: Number(perMillion(falseHits, passages)),
  }));
  const together = {
    readings: readings.length,
    passages,
    falsePerMillion: Number(perMillion(all, passages)),
    textWasRightShare: Number(share.toPrecision(3)),
  };
  return [...costliest, together].map((line) => JSON.stringify(line)).join('\n');
}

/** The `count` readings that cost most, and what kind all of them are of; `passages` were looked at. */
export function costTable(readings: readonly CostlyReading[], passages: number, count: number): string {
  const { all, share } = togetherOf(readings);
  return [
    ...textTable([
      ['carried', 'taken for', 'false / million'],
      ...costliestOf(readings, count).map(({ carried, takenFor, falseHits }) => [
        carried,
        takenFor,
        perMillion(falseHits, passages),
      ]),
    ]),
    `${readings.length} readings of ${passages} could be confirmed for a plate that they do not show: ${perMillion(all, passages)} false hits in a million,`,
    `${(100 * share).toFixed(0)} % of them of a text that was read right and is another country's`,
  ].join('\n');
}

/** Expected false hits of all readings, and the share of those whose text was read right. */
function togetherOf(readings: readonly CostlyReading[]): { readonly all: number; readonly share: number } {
  const sum = (some: readonly CostlyReading[]) => some.reduce((total, { falseHits }) => total + falseHits, 0);
  const all = sum(readings);
  return { all, share: all === 0 ? 0 : sum(readings.filter(({ textWasRight }) => textWasRight)) / all };
}

function costliestOf(readings: readonly CostlyReading[], count: number): readonly CostlyReading[] {
  return [...readings].sort((a, b) => b.falseHits - a.falseHits).slice(0, count);
}

function perMillion(hits: number, passages: number): string {
  return ((hits / passages) * 1e6).toPrecision(2);
}
