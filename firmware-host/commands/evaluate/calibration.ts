import { fold } from '../../../config/foundation/fold.ts';
import type { Spelling } from '../../../recognizer/plate.ts';

/** One read, O and 0, I and 1 folded: how sure it was, whether it was right, and where the truth stood among its spellings. */
export interface CalibrationRead {
  readonly set: string;
  readonly probability: number;
  readonly right: boolean;
  /** 1 for the first spelling; null when the truth is not among them. */
  readonly rank: number | null;
  /** What the truth was given. */
  readonly truthProbability: number;
}

/** Reads of about the same probability. */
export interface CalibrationBin {
  readonly reads: number;
  readonly meanProbability: number;
  readonly rightShare: number;
}

export interface CalibrationTail {
  readonly atLeast: number;
  readonly reads: number;
  readonly wrong: number;
}

/** How far the probabilities of reads can be trusted. */
export interface Calibration {
  readonly reads: number;
  readonly rightShare: number;
  /** Mean distance of the bins' probability from their share of right reads, weighted by reads. */
  readonly expectedError: number;
  /** Mean negative logarithm of what the truth was given, at least 1e-6. */
  readonly negativeLogLikelihood: number;
  readonly bins: readonly CalibrationBin[];
  readonly tail: readonly CalibrationTail[];
  /** Share of reads whose truth is among the first so many spellings. */
  readonly truthWithin: readonly { readonly spellings: number; readonly share: number }[];
}

const BINS = 15;
const TAIL = [0.9, 0.99, 0.999, 0.9999];
const WITHIN = [1, 2, 5, 10, 64];
const LEAST_TRUTH = 1e-6;

/** Scores the spellings of one plate against its label. */
export function calibrationRead(set: string, truth: string, spellings: readonly Spelling[]): CalibrationRead {
  const wanted = fold(truth);
  const rank = spellings.findIndex(({ text }) => fold(text) === wanted);
  return {
    set,
    probability: givenTo(spellings[0]?.text ?? '', spellings),
    right: rank === 0,
    rank: rank === -1 ? null : rank + 1,
    truthProbability: givenTo(truth, spellings),
  };
}

/** What all spellings that fold to the same were given together: who counts them as one when it is right must do so when it promises. */
function givenTo(text: string, spellings: readonly Spelling[]): number {
  const same = spellings.filter((one) => fold(one.text) === fold(text));
  return same.reduce((sum, { probability }) => sum + probability, 0);
}

/** Expected calibration error over bins of equal mass (Nixon and others, Measuring Calibration in Deep Learning, 2019), and the tail. */
export function calibrationOf(reads: readonly CalibrationRead[]): Calibration {
  const sorted = reads.toSorted((a, b) => a.probability - b.probability);
  const bins = Array.from({ length: Math.min(BINS, sorted.length) }, (_, bin, of = Math.min(BINS, sorted.length)) =>
    binOf(sorted.slice(Math.floor((bin * sorted.length) / of), Math.floor(((bin + 1) * sorted.length) / of))),
  );
  const share = (count: number) => (reads.length === 0 ? 0 : count / reads.length);
  return {
    reads: reads.length,
    rightShare: share(reads.filter(({ right }) => right).length),
    expectedError: bins.reduce(
      (sum, { reads: of, meanProbability, rightShare }) => sum + share(of) * Math.abs(meanProbability - rightShare),
      0,
    ),
    negativeLogLikelihood: share(
      reads.reduce((sum, { truthProbability }) => sum - Math.log(Math.max(truthProbability, LEAST_TRUTH)), 0),
    ),
    bins,
    tail: TAIL.map((atLeast) => {
      const sure = reads.filter(({ probability }) => probability >= atLeast);
      return { atLeast, reads: sure.length, wrong: sure.filter(({ right }) => !right).length };
    }),
    truthWithin: WITHIN.map((spellings) => ({
      spellings,
      share: share(reads.filter(({ rank }) => rank !== null && rank <= spellings).length),
    })),
  };
}

function binOf(reads: readonly CalibrationRead[]): CalibrationBin {
  return {
    reads: reads.length,
    meanProbability: reads.reduce((sum, { probability }) => sum + probability, 0) / reads.length,
    rightShare: reads.filter(({ right }) => right).length / reads.length,
  };
}
