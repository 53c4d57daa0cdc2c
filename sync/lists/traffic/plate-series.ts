/** One series of a country's registrations and its part of the country's vehicles on a motorway. */
export interface Series {
  /**
   * What its plates say and how they are laid out: `L` one of the series' letters, `D` a digit, `[A-H]` one of these, `W` one of
   * the country's words (districts, counties); a dash, a dot or a space is drawn, `*` is a seal, and `|` is where a second row begins.
   */
  readonly pattern: string;
  readonly part: number;
  /** Of its plates, how many show the country's letters in a band, where that is not as with the country's others. */
  readonly banded?: number;
}

export interface CountryPlates {
  /** International vehicle registration code. */
  readonly country: string;
  /** Its part of the traffic. */
  readonly traffic: number;
  /** Of its plates, how many show its letters in a band. */
  readonly banded: number;
  readonly letters: string;
  /** Districts or counties with a rough size each (`B:9 KLE`; 1 when it is not told). */
  readonly words?: string;
  readonly series: readonly Series[];
}

/** What no series of the tables explains: new plates, plates of one's own choice, and mistakes of the tables. */
export const unusualPart = 0.001;
/** Beyond the series a plate is as good as one of so many characters in each place. */
export const unusualCharacters = 16;
export const unusualLengths = 8;
export const shortestUnusual = 5;
