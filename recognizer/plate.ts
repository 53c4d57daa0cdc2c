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

/** One plate found and read in one picture: a distribution, not only a string. */
export interface PlateRead {
  readonly corners: Corners;
  /** Probability that this is a readable plate at all (detector and reader together). */
  readonly plateProbability: number;
  readonly rows: 1 | 2;
  readonly spellings: readonly Spelling[];
  readonly countries: readonly CountryProbability[];
}
