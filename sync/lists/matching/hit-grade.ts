import { type Calibration, leastStrength, shippedCalibration } from './calibration.ts';
import type { MatchGrade } from './match.ts';
import { type BaseRates, type Candidate, posteriors, priorOf, type ReadingEvidence } from './posterior.ts';

/** What a list's authority expects and bears, and how long its list is. */
export interface HitTerms extends BaseRates {
  /** The most false hits that are bearable in a million passages; `verify` counts those of either grade. */
  readonly falseHitsPerMillion: { readonly confirmed: number; readonly verify: number };
}

export interface GradedCandidate {
  readonly candidate: Candidate;
  /** Posterior that this vehicle carries the listed plate. */
  readonly probability: number;
  /** Null is an abstention. */
  readonly grade: MatchGrade | null;
}

/**
 * Whatever a short list's budget would allow, what is confirmed is right in one case of five at least where it is weakest (and nearly
 * always on average), and nobody is shown a picture that has less than one chance in a hundred.
 */
const leastPosteriors = { confirmed: 0.2, verify: 0.01 } as const;

/** Says of each candidate of one list how probable it is and whether that is enough for the list's false-hit budget. */
export function gradeCandidates(
  evidence: ReadingEvidence,
  candidates: readonly Candidate[],
  terms: HitTerms,
  calibration: Calibration = shippedCalibration,
): readonly GradedCandidate[] {
  const confirmedFrom = leastPosterior('confirmed', terms, calibration);
  const verifyFrom = leastPosterior('verify', terms, calibration);
  const probabilities = posteriors(evidence, candidates, terms);
  return candidates.map((candidate, index) => {
    const probability = probabilities[index] ?? 0;
    const grade = probability >= confirmedFrom ? 'confirmed' : probability >= verifyFrom ? 'verify' : null;
    return { candidate, probability, grade };
  });
}

/**
 * The posterior from which a candidate gets this grade. An entry's odds are its prior times the strength of the match; the calibration
 * says from which strength on false hits stay within the budget.
 */
export function leastPosterior(
  grade: MatchGrade,
  terms: HitTerms,
  calibration: Calibration = shippedCalibration,
): number {
  const falsePerEntry = terms.falseHitsPerMillion[grade] / 1e6 / Math.max(1, terms.entries);
  const prior = priorOf(terms);
  const odds = prior * leastStrength(calibration, falsePerEntry);
  const least = Math.max(leastPosteriors[grade], odds / (1 + odds));
  return grade === 'confirmed' ? Math.max(least, leastPosterior('verify', terms, calibration)) : least;
}
