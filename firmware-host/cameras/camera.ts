import type { Luma } from '../../recognizer/luma.ts';
import type { Edit } from '../../recognizer/picture/pixels.ts';

/**
 * One decoded picture. Its luma is the frame's own memory: no camera rewrites or frees it while somebody still
 * refers to the frame, so frames may be dropped, held back or kept as evidence without a copy.
 */
export interface Frame {
  readonly luma: Luma;
  /** Unix milliseconds: the stream's own timestamps, anchored to the wall clock when the stream began. */
  readonly timeMs: number;
  readonly index: number;
  /** A colour JPEG of the whole frame for the evidence image, made only when asked; `edit` changes what it shows. */
  toJpeg(quality: number, edit?: Edit): Promise<Uint8Array>;
}

export type CameraState = 'connecting' | 'ok' | 'no-signal' | 'ended';

/** What a camera worker needs of a camera. A broken stream is reconnected inside; only an ended replay ends the iteration. */
export interface Camera {
  readonly state: CameraState;
  frames(signal: AbortSignal): AsyncIterable<Frame>;
}
