import { fold } from '../../../config/foundation/fold.ts';
import type { ListEntry } from '../../lists/entry.ts';
import { foldedSpellings } from '../../lists/matching/folded-spelling.ts';
import { gradeCandidates, type HitTerms } from '../../lists/matching/hit-grade.ts';
import type { MatchGrade, Reading } from '../../lists/matching/match.ts';
import { evidenceOf } from '../../lists/matching/posterior.ts';
import { borderTraffic, type PlatePopulation } from '../../lists/traffic/plate-population.ts';
import { isVehicleSign, signMeantBy } from '../../lists/vehicle-signs.ts';

/** One way to misread a listed plate, and how much of the listed spelling the reading must still hold for a hit. */
export interface Misread {
  readonly text: string;
  /** Probability of the listed spelling in the reading from which the hit is of this grade or better; null: never. */
  readonly verifyFrom: number | null;
  readonly confirmedFrom: number | null;
}

/** Characters that readers of plates take for each other, by their shapes in the four countries' typefaces and in bad light. */
const confusable = [
  '0OQD',
  'B8',
  'S5',
  'Z2',
  'G6C',
  '1IL7T',
  'A4',
  'UV',
  'MN',
  'MW',
  'HM',
  'HN',
  'EF',
  'PR',
  'KX',
  'VY',
  '38',
  '69',
  '3J',
];
/** How sure the reading is taken to be of the entry's country: as it is of most plates in daylight. */
const countryProbability = 0.95;
/** Less of a spelling than this is not told apart from none. */
export const leastShare = 1e-4;

/** Every plate that differs from this one in one confusable character. */
export function neighboursOf(text: string): string[] {
  const neighbours = new Set<string>();
  for (const [at, character] of [...text].entries()) {
    for (const group of confusable.filter((one) => one.includes(character))) {
      for (const other of group) neighbours.add(text.slice(0, at) + other + text.slice(at + 1));
    }
  }
  return [...neighbours].filter((other) => fold(other) !== fold(text)).sort();
}

/** How the node would grade misreads of an entry, easiest first: by the very code that the node runs. */
export function misreadsOf(
  entry: ListEntry,
  terms: HitTerms,
  population: PlatePopulation = borderTraffic(),
): Misread[] {
  const all = neighboursOf(entry.text).map((text) => {
    const gradeAt = (share: number) => gradeOf({ entry, instead: text, share }, terms, population);
    const verifyFrom = leastShareFor((share) => gradeAt(share) !== null);
    return { text, verifyFrom, confirmedFrom: leastShareFor((share) => gradeAt(share) === 'confirmed') };
  });
  return all.sort(
    (a, b) => (a.verifyFrom ?? 2) - (b.verifyFrom ?? 2) || (a.confirmedFrom ?? 2) - (b.confirmedFrom ?? 2),
  );
}

/** The same where nothing else competes: the rest of the reading is spread over plates that it does not name. */
export function rightRead(entry: ListEntry, terms: HitTerms, population: PlatePopulation = borderTraffic()): Misread {
  const gradeAt = (share: number) => gradeOf({ entry, instead: null, share }, terms, population);
  return {
    text: entry.text,
    verifyFrom: leastShareFor((share) => gradeAt(share) !== null),
    confirmedFrom: leastShareFor((share) => gradeAt(share) === 'confirmed'),
  };
}

function gradeOf(
  { entry, instead, share }: { readonly entry: ListEntry; readonly instead: string | null; readonly share: number },
  terms: HitTerms,
  population: PlatePopulation,
): MatchGrade | null {
  const listed = { text: entry.text, probability: share };
  const other = instead === null ? [] : [{ text: instead, probability: 1 - share }];
  const read = entry.country === undefined ? null : countryAsRead(entry.country, entry.text, population);
  const countries = read === null ? [] : [{ country: read, probability: countryProbability }];
  const reading: Reading = { spellings: [listed, ...other].sort((a, b) => b.probability - a.probability), countries };
  const folded = foldedSpellings(reading);
  const met = folded.find((one) => one.folded === fold(entry.text));
  if (met === undefined) return null;
  return gradeCandidates(evidenceOf(reading, folded, population), [{ entry, met }], terms)[0]?.grade ?? null;
}

/**
 * What a reading calls the country. It names signs alone, whatever a list of an older centre calls it: an entry under another code is then no
 * match for it. Of a code that nobody knows the vehicle is taken to be from where its text is most usual.
 */
function countryAsRead(country: string, text: string, population: PlatePopulation): string {
  const sign = isVehicleSign(country) ? country : signMeantBy(country);
  if (sign !== null) return sign;
  const densityIn = (one: string): number => population.density(fold(text), one);
  return population.countries.reduce((a, b) => (densityIn(b) > densityIn(a) ? b : a));
}

/** The least share that is enough, to a hundredth of itself; a larger share is never worth less. */
function leastShareFor(isEnough: (share: number) => boolean): number | null {
  let [tooLittle, enough] = [leastShare, 1];
  if (!isEnough(enough)) return null;
  if (isEnough(tooLittle)) return tooLittle;
  while (enough / tooLittle > 1.01) {
    const middle = Math.sqrt(enough * tooLittle);
    if (isEnough(middle)) enough = middle;
    else tooLittle = middle;
  }
  return enough;
}
