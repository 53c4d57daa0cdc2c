import { fold } from '../../config/foundation/fold.ts';
import type { Spelling } from '../plate.ts';

/** Two reads that both mean it and share less probability than this speak of two plates. */
const NOTHING_SHARED = 1e-3;
/** Two that share so much are of one plate, unless each means another. */
const SHARED = 0.02;
const SURE = 0.9;

/**
 * What two reads, or a read and what is known so far, say about each other: the same plate, certainly another one, two texts of which each is
 * meant, however alike they are (the next number of a fleet), or unclear (a doubtful read of half a plate resembles everything).
 */
export function compare(a: readonly Spelling[], b: readonly Spelling[]): 'same' | 'other' | 'two' | 'unclear' {
  const best = a[0];
  const second = b[0];
  if (best === undefined || second === undefined) return 'unclear';
  const shared = sharedProbability(a, b);
  const bothMean = bothMeanIt(best, second);
  if (shared < NOTHING_SHARED && best.probability >= SURE && second.probability >= SURE) return 'other';
  if (shared < SHARED && bothMean && farApart(best, second)) return 'other';
  if (bothMean && fold(best.text) !== fold(second.text)) return 'two';
  return shared >= SHARED ? 'same' : 'unclear';
}

/** Whether the two are so different that no slip of the reader explains it: most of their characters differ, and neither is guesswork. */
export function contradict(a: readonly Spelling[], b: readonly Spelling[]): boolean {
  const best = a[0];
  const second = b[0];
  return best !== undefined && second !== undefined && bothMeanIt(best, second) && farApart(best, second);
}

/** The probability that both name the same string, were they independent. */
export function sharedProbability(a: readonly Spelling[], b: readonly Spelling[]): number {
  const known = new Map(a.map((spelling) => [spelling.text, spelling.probability]));
  return b.reduce((sum, spelling) => sum + spelling.probability * (known.get(spelling.text) ?? 0), 0);
}

/** Whether both have the same text for the likeliest. */
export function nameOne(a: readonly Spelling[], b: readonly Spelling[]): boolean {
  const best = a[0];
  const second = b[0];
  return best !== undefined && second !== undefined && fold(best.text) === fold(second.text);
}

function bothMeanIt(a: Spelling, b: Spelling): boolean {
  return a.probability >= 0.5 && b.probability >= 0.5;
}

function farApart(a: Spelling, b: Spelling): boolean {
  return editDistance(a.text, b.text) >= Math.max(3, Math.max(a.text.length, b.text.length) / 2);
}

/** Levenshtein distance. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
