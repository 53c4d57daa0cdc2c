import type { CountryProbability, Hypotheses, PlateRead, Spelling } from '../plate.ts';
import type { PlateCutOut } from './plate-cut-out.ts';

/** A read with what fusion needs to weigh it: when it was taken and how readable the plate was. */
export interface WeighedRead {
  readonly read: PlateRead;
  readonly timeMs: number;
  /** 0 to 1, as readability.ts gives it; only the ratios between the reads of one passage count. */
  readonly readability: number;
  /** The plate's surroundings alone, for reading it again; not kept once that is done. */
  readonly cut?: PlateCutOut;
}

export interface FusionOptions {
  /** The most spellings kept, and the probability below which one is dropped. */
  readonly spellings: number;
  readonly spellingFloor: number;
}

/** What the pictures of all reads of a passage say together, before it is asked what countries write. */
export interface Fused extends Hypotheses {
  readonly plateProbability: number;
}

/** A read's unlisted probability is thought to be spread over so many strings. */
const UNLISTED_STRINGS = 1000;
/** Nothing is surer than this: even a perfect read may be of the wrong quadrilateral. */
const LEAST_UNLISTED = 1e-5;
const LEAST_COUNTRY = 1e-4;
const LEAST_QUALITY = 1e-3;
/** Reads of one vehicle share dirt, light and typeface for ever, and blur and place for a moment. Chosen on recorded passages (MATCHING.md). */
const LASTING_CORRELATION = 0.3;
const PASSING_CORRELATION = 0.3;
const PASSING_MS = 800;
/** One good look outweighs several bad ones. */
const GOOD_OVER_BAD = 3;

/**
 * Combines what reads saw by tempered logarithmic pooling: the score of a candidate is the product over all reads of its probability
 * under that read, each raised to the read's weight; a candidate that a read does not list gets that read's floor.
 * Invariants: one read's spellings stay as they are; the order of reads does not matter; the weights sum to the effective number of reads,
 * so that a hundred copies of a doubtful read stay doubtful; what is left over for strings nobody listed stays part of the sum.
 */
export function fuse(reads: readonly WeighedRead[], options: FusionOptions): Fused {
  const weights = weightsOf(reads);
  const looks = reads.map(({ read }, at) => ({ seen: read.seen, weight: weights[at] ?? 0 }));
  return {
    spellings: fuseSpellings(looks, options),
    countries: fuseCountries(looks),
    plateProbability: fusePlateProbability(reads),
  };
}

interface Weighed {
  readonly seen: Hypotheses;
  readonly weight: number;
}

/** The mean, the clearer looks counting more: a look that found no plate counts as well as one that did. */
function fusePlateProbability(reads: readonly WeighedRead[]): number {
  const total = reads.reduce((sum, { readability }) => sum + readability ** 2, 0);
  const meant = reads.reduce((sum, { read, readability }) => sum + readability ** 2 * read.plateProbability, 0);
  return total > 0 ? meant / total : 0;
}

/**
 * Weights by readability, and by how sure a look is of its own text, for one that is not sees less than its readability promises;
 * scaled to the effective number of reads, (sum of q)^2 / (sum over i, j of q_i q_j r_ij) with r_ij the correlation of two reads (Kish's design effect).
 */
function weightsOf(reads: readonly WeighedRead[]): readonly number[] {
  const best = Math.max(...reads.map(goodness));
  const qualities = reads.map((read) =>
    best > 0 ? Math.max(LEAST_QUALITY, (goodness(read) / best) ** GOOD_OVER_BAD) * sureness(read) : 1,
  );
  const sum = qualities.reduce((all, quality) => all + quality, 0);
  let correlated = 0;
  reads.forEach((a, i) => {
    reads.forEach((b, j) => {
      correlated += (qualities[i] ?? 0) * (qualities[j] ?? 0) * (i === j ? 1 : correlation(a.timeMs - b.timeMs));
    });
  });
  return qualities.map((quality) => (quality * sum) / correlated);
}

/** How much a look tells, to compare those of one vehicle: how well it shows a plate, and how sure it is of its own text. */
export function worthOf(read: WeighedRead): number {
  return goodness(read) * sureness(read);
}

function goodness({ read, readability }: WeighedRead): number {
  return readability * read.plateProbability;
}

function sureness({ read }: WeighedRead): number {
  return Math.max(LEAST_QUALITY, read.seen.spellings[0]?.probability ?? 0);
}

function correlation(apartMs: number): number {
  return LASTING_CORRELATION + PASSING_CORRELATION * Math.exp(-Math.abs(apartMs) / PASSING_MS);
}

function fuseSpellings(looks: readonly Weighed[], options: FusionOptions): readonly Spelling[] {
  const scores = new Map<string, number>();
  for (const { seen } of looks) for (const { text } of seen.spellings) scores.set(text, 0);
  let unlistedScore = (1 - looks.reduce((sum, { weight }) => sum + weight, 0)) * Math.log(UNLISTED_STRINGS);
  for (const { seen, weight } of looks) {
    const known = new Map(seen.spellings.map((spelling) => [spelling.text, spelling.probability]));
    const listed = seen.spellings.reduce((sum, spelling) => sum + spelling.probability, 0);
    const unlisted = Math.max(1 - listed, LEAST_UNLISTED);
    const floor = Math.min(unlisted / UNLISTED_STRINGS, seen.spellings.at(-1)?.probability || 1);
    for (const [text, score] of scores) {
      scores.set(text, score + weight * Math.log(Math.max(known.get(text) ?? floor, Number.MIN_VALUE)));
    }
    unlistedScore += weight * Math.log(unlisted);
  }
  const highest = Math.max(unlistedScore, ...scores.values());
  let sum = Math.exp(unlistedScore - highest);
  for (const score of scores.values()) sum += Math.exp(score - highest);
  return [...scores]
    .map(([text, score]) => ({ text, probability: Math.exp(score - highest) / sum }))
    .filter(({ probability }) => probability >= options.spellingFloor)
    .sort((a, b) => b.probability - a.probability || (a.text < b.text ? -1 : 1))
    .slice(0, options.spellings);
}

function fuseCountries(looks: readonly Weighed[]): readonly CountryProbability[] {
  const names = new Set(looks.flatMap(({ seen }) => seen.countries.map(({ country }) => country)));
  const scored = [...names].map((country) => {
    const score = looks.reduce((sum, { seen, weight }) => {
      const probability = seen.countries.find((known) => known.country === country)?.probability ?? 0;
      return sum + weight * Math.log(Math.max(probability, LEAST_COUNTRY));
    }, 0);
    return { country, score };
  });
  const highest = Math.max(...scored.map(({ score }) => score));
  const sum = scored.reduce((all, { score }) => all + Math.exp(score - highest), 0);
  return scored
    .map(({ country, score }) => ({ country, probability: Math.exp(score - highest) / sum }))
    .sort((a, b) => b.probability - a.probability || (a.country < b.country ? -1 : 1));
}
