/** What the process that plays the cameras of the latency benchmark has to show. */
export interface FilmRole {
  /** One list of JPEG files a camera, in the order of play; it begins again at the end. */
  readonly films: readonly (readonly string[])[];
  readonly framesPerSecond: number;
}

/** When each frame of a camera went out (Unix milliseconds), and when there was one that its viewer was too slow for. */
export interface FilmRecord {
  readonly sentMs: readonly number[];
  readonly missedMs: readonly number[];
}

export type FromFilms =
  | { readonly tell: 'listening'; readonly urls: readonly string[] }
  | { readonly tell: 'played'; readonly records: readonly FilmRecord[] };
