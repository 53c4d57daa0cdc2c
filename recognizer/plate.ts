/** x and y in pixels of the source picture. */
export type Point = readonly [x: number, y: number];

/** Clockwise from the plate's own top left. */
export type Corners = readonly [Point, Point, Point, Point];

/** One canonical text (A-Z 0-9) with its probability; a read's spellings come most probable first and sum to at most 1. */
export interface Spelling {
  readonly text: string;
  readonly probability: number;
}

export interface CountryProbability {
  /** International vehicle registration code (NL, B, F, L, D, ...), or `other`. */
  readonly country: string;
  readonly probability: number;
}

/** What a plate may be: spellings and countries, each with its probability. */
export interface Hypotheses {
  readonly spellings: readonly Spelling[];
  readonly countries: readonly CountryProbability[];
}

/** One plate found and read in one picture: a distribution, not only a string. */
export interface PlateRead extends Hypotheses {
  /** Where it was found. */
  readonly corners: Corners;
  /** Where it was read best, if not there. */
  readonly outline?: Corners;
  /** Probability that this is a readable plate at all (detector and reader together). */
  readonly plateProbability: number;
  readonly rows: 1 | 2;
  /** What the picture alone says, before it was asked what countries write: for whoever weighs texts and countries himself. */
  readonly seen: Hypotheses;
}

/** A look that found nothing to read. */
export function noPlate(corners: Corners): PlateRead {
  return {
    corners,
    plateProbability: 0,
    rows: 1,
    spellings: [],
    countries: [],
    seen: { spellings: [], countries: [] },
  };
}

/** For sorting: the most probable first. */
export function byProbability(a: { readonly probability: number }, b: { readonly probability: number }): number {
  return b.probability - a.probability;
}
