import { reportedOf } from './fused-reading.ts';
import type { KnownPassage } from './list-measure.ts';
import type { RecordedPassage } from './recording.ts';
import { renderedSet } from './rendered-passages.ts';

/** Passages to fit on, and others to measure on, whether or not anything is fitted. */
export interface Halves {
  readonly forFit: readonly KnownPassage[];
  readonly others: readonly KnownPassage[];
}

/**
 * Takes the wanted sets apart: passages with an odd number are for fitting. They are numbered within their set, so that a passage is in
 * the same half whichever other sets are wanted beside its own.
 */
export async function halvesOf(passages: AsyncIterable<RecordedPassage>, wanted: string | undefined): Promise<Halves> {
  const forFit: KnownPassage[] = [];
  const others: KnownPassage[] = [];
  const numbers = new Map<string, number>();
  for await (const { set, text, country, looks } of passages) {
    if (!isWanted(set, wanted)) continue;
    const number = (numbers.get(set) ?? 0) + 1;
    numbers.set(set, number);
    (number % 2 === 1 ? forFit : others).push({ text, country, ...reportedOf(looks) });
  }
  return { forFit, others };
}

function isWanted(set: string, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  return wanted === 'photographs' ? set !== renderedSet : set === wanted;
}
