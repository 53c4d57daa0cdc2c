import type { CameraState } from '../cameras/camera.ts';
import type { Counters } from './worker-messages.ts';

/** How a camera's worker is, for health and the console. */
export interface CameraProcessStatus {
  readonly camera: string;
  readonly worker: 'starting' | 'running' | 'restarting' | 'ended' | 'stopped';
  readonly cameraState: CameraState;
  /** Over all lives of the worker. */
  readonly counters: Counters;
  readonly restarts: number;
  readonly messagesRefused: number;
  /** Code of what ended the last life that ended badly. */
  readonly lastFault: string | null;
  readonly rssBytes: number;
  readonly pid: number | null;
}

export const NO_COUNTERS: Counters = { frames: 0, gated: 0, detected: 0, read: 0, fused: 0, dropped: 0 };

/** The status of a camera whose worker was not started yet. */
export function unstarted(camera: string): CameraProcessStatus {
  return {
    camera,
    worker: 'stopped',
    cameraState: 'connecting',
    counters: NO_COUNTERS,
    restarts: 0,
    messagesRefused: 0,
    lastFault: null,
    rssBytes: 0,
    pid: null,
  };
}

/** The counters of all lives together. */
export function sum(a: Counters, b: Counters): Counters {
  return {
    frames: a.frames + b.frames,
    gated: a.gated + b.gated,
    detected: a.detected + b.detected,
    read: a.read + b.read,
    fused: a.fused + b.fused,
    dropped: a.dropped + b.dropped,
  };
}
