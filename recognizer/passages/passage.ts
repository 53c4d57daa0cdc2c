import type { CountryProbability, Hypotheses, Spelling } from '../plate.ts';

export type Direction = 'approaching' | 'receding' | 'unknown';

/** One vehicle's drive past one camera, read from the best of its frames. It never changes after it was reported. */
export interface Passage {
  /** UUIDv7. */
  readonly id: string;
  readonly camera: string;
  readonly lane: string | null;
  readonly direction: Direction;
  /** Unix milliseconds of the first and last frame with this plate, and of the decision. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly decidedMs: number;
  readonly framesSeen: number;
  readonly framesRead: number;
  readonly plateHeightPx: number;
  readonly spellings: readonly Spelling[];
  readonly countries: readonly CountryProbability[];
  /** What the pictures alone say, before it was asked what countries write: the matching weighs that itself, and once. */
  readonly seen: Hypotheses;
}

/** JPEG pictures of the frame that was actually read. */
export interface Evidence {
  readonly plateJpeg: Uint8Array;
  readonly sceneJpeg: Uint8Array;
}
