import { fold } from '../../../config/foundation/fold.ts';
import { longestPlate } from '../canonical-plate.ts';
import type { Reading } from './match.ts';

/** All spellings of a reading that fold to one look-up form. */
export interface FoldedSpelling {
  readonly folded: string;
  /** Most probable first. */
  readonly spellings: Reading['spellings'];
  readonly probability: number;
}

/** The most spellings of one passage that are looked up. */
export const mostSpellings = 256;

/** What is looked up of a reading. */
export function foldedSpellings(reading: Reading): FoldedSpelling[] {
  const groups = new Map<string, { text: string; probability: number }[]>();
  for (const spelling of reading.spellings.slice(0, mostSpellings)) {
    if (spelling.text.length > longestPlate) continue;
    const folded = fold(spelling.text);
    const group = groups.get(folded);
    if (group) group.push(spelling);
    else groups.set(folded, [spelling]);
  }
  return [...groups].map(([folded, spellings]) => ({
    folded,
    spellings: spellings.length === 1 ? spellings : spellings.toSorted((a, b) => b.probability - a.probability),
    probability: Math.min(
      1,
      spellings.reduce((sum, one) => sum + one.probability, 0),
    ),
  }));
}
