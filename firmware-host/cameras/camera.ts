import type { Luma } from '../../recognizer/luma.ts';

/** One decoded picture. `luma` may be reused by the camera after the consumer asks for the next frame. */
export interface Frame {
  readonly luma: Luma;
  /** Unix milliseconds: the stream's own timestamps, anchored to the wall clock when the stream began. */
  readonly timeMs: number;
  readonly index: number;
  /** A colour JPEG of the whole frame for the evidence image, made only when asked. */
  toJpeg(quality: number): Promise<Uint8Array>;
}

export type CameraState = 'connecting' | 'ok' | 'no-signal' | 'ended';

/** What a camera worker needs of a camera. A broken stream is reconnected inside; only an ended replay ends the iteration. */
export interface Camera {
  readonly state: CameraState;
  frames(signal: AbortSignal): AsyncIterable<Frame>;
}
