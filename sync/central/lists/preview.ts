import { Fault } from '../../../config/foundation/fault.ts';
import { fold } from '../../../config/foundation/fold.ts';
import { canonicalPlate } from '../../lists/canonical-plate.ts';
import type { ListEntry } from '../../lists/entry.ts';
import { type Calibration, leastStrength, shippedCalibration } from '../../lists/matching/calibration.ts';
import { type HitTerms, leastPosterior } from '../../lists/matching/hit-grade.ts';
import type { MatchGrade } from '../../lists/matching/match.ts';
import { strengthOf } from '../../lists/matching/posterior.ts';
import { ListSeal } from '../../lists/sealing/seal.ts';
import { signProblem } from '../../lists/vehicle-signs.ts';
import type { ListVersion } from './diff-lists.ts';
import { ListContent } from './list-content.ts';
import { type Misread, misreadsOf, rightRead } from './misreads.ts';

interface FalseHits {
  readonly confirmed: number;
  /** Beside those confirmed. */
  readonly verify: number;
}

/** What a list would bring a node in a day; genuine hits as the list declares. */
export interface ListPreview {
  readonly passagesADay: number;
  readonly genuineADay: number;
  /**
   * The false hits to which the list is held by the curve from which a node takes its thresholds: the budget itself, unless the list is so
   * short that less is reported than it would bear. No bound: on readings that were not fitted more was measured (MATCHING.md).
   */
  readonly falseADay: FalseHits;
  /** What the readings brought on which the curve was fitted; it holds them to bring more. */
  readonly fittedFalseADay: FalseHits;
  /** What the declared budget bears; `verify` counts those confirmed too. */
  readonly budgetADay: { readonly confirmed: number; readonly verify: number };
}

export interface EntryPreview {
  readonly entry: ListEntry;
  /** What is wrong with the country that it names, as a list of an older centre may; null when nothing is. */
  readonly countryProblem: string | null;
  /** Nothing competes with the listed spelling. */
  readonly read: Misread;
  /** Another plate competes. */
  readonly misreads: readonly Misread[];
}

/** A carriageway of a busy motorway. */
export const usualPassagesADay = 40_000;

export function previewOf(terms: HitTerms, passagesADay: number, calibration = shippedCalibration): ListPreview {
  const aDay = (perMillion: number): number => (perMillion * passagesADay) / 1e6;
  const { confirmed, verify } = terms.falseHitsPerMillion;
  const falseOf = (grade: MatchGrade): number => aDay(falsePerMillion(grade, terms, calibration));
  const confirmedADay = falseOf('confirmed');
  // What is confirmed need not be verified.
  const falseADay = { confirmed: confirmedADay, verify: Math.max(0, falseOf('verify') - confirmedADay) };
  return {
    passagesADay,
    genuineADay: aDay(terms.expectedGenuinePerMillion),
    falseADay,
    fittedFalseADay: {
      confirmed: falseADay.confirmed / calibration.caution,
      verify: falseADay.verify / calibration.caution,
    },
    budgetADay: { confirmed: aDay(confirmed), verify: aDay(verify) },
  };
}

/** Which misreads of an entry would be accepted. Throws `list/no-such-entry`. */
export function previewsOfEntry(version: ListVersion, plate: string): EntryPreview[] {
  const entries = entriesUnder(version, plate);
  return entries.map((entry) => ({
    entry,
    countryProblem: entry.country === undefined ? null : signProblem(entry.country),
    read: rightRead(entry, version.manifest),
    misreads: misreadsOf(entry, version.manifest),
  }));
}

/** False hits of this grade or better in a million passages: what the curve says of the threshold that was taken from it. */
function falsePerMillion(grade: MatchGrade, terms: HitTerms, calibration: Calibration): number {
  const least = leastPosterior(grade, terms, calibration);
  const strength = strengthOf(least, terms);
  return costAt(strength, calibration) * terms.entries * 1e6;
}

/** The inverse of leastStrength, which falls: false hits for each entry and passage when this strength is enough. */
function costAt(strength: number, calibration: Calibration): number {
  let [low, high] = [1e-30, calibration.falsePerEntry[0]?.[1] ?? 1];
  while (high / low > 1.0001) {
    const middle = Math.sqrt(low * high);
    if (leastStrength(calibration, middle) > strength) low = middle;
    else high = middle;
  }
  return high;
}

function entriesUnder({ folder, manifest }: ListVersion, plate: string): ListEntry[] {
  const text = canonicalPlate(plate);
  if (text === null) throw new Fault('list/no-such-entry', `${plate} is no plate: letters, digits and separators only`);
  const seal = new ListSeal(folder.listKey(), manifest);
  const lookup = seal.lookupKey(fold(text));
  const group = new ListContent(folder, manifest).part(lookup[0] ?? 0).get(lookup.toString('latin1')) ?? [];
  const entries = group.flatMap(({ sealed }) => seal.open(fold(text), sealed) ?? []);
  if (entries.length === 0)
    throw new Fault('list/no-such-entry', `${text} is not on ${manifest.authority}/${manifest.list}`);
  // A wildcard stands for this plate here.
  return entries.map((entry) => ({ ...entry, text: entry.text.includes('?') ? text : entry.text }));
}
