import type { Log } from '../../config/foundation/log.ts';
import type { Frame } from './camera.ts';

/** When a live camera gives up on a connection and how long it waits before the next one. */
export interface ReconnectTiming {
  /** No frame for so long, dialling included: the connection is dropped and made anew. */
  readonly stallMs: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** Only a connection that delivered frames for so long starts the delays from the first again. */
  readonly steadyMs: number;
}

export const RECONNECT_TIMING: ReconnectTiming = {
  stallMs: 10_000,
  firstDelayMs: 500,
  longestDelayMs: 30_000,
  steadyMs: 10_000,
};

/** What every camera gets besides its source; `name` is the camera's name in logs. */
export interface CameraContext {
  readonly log: Log;
  readonly name: string;
  /** Unix milliseconds. */
  readonly now?: () => number;
  readonly reconnect?: Partial<ReconnectTiming>;
  /**
   * Whoever wants the newest frame and no other gives this: a camera whose pictures can be left out undecoded leaves out what a
   * newer one has overtaken, and tells it here.
   */
  readonly onOvertaken?: () => void;
}

/** A frame as an adapter makes it; the camera numbers them across connections and loops. */
export type Picture = Omit<Frame, 'index'>;

/** The numbered frame of a picture. */
export function frameOf(picture: Picture, index: number): Frame {
  return {
    luma: picture.luma,
    timeMs: picture.timeMs,
    index,
    toJpeg: (quality, edit) => picture.toJpeg(quality, edit),
  };
}
