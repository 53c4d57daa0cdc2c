/** How long the supervisor waits for its worker. */
export interface CameraProcessTiming {
  /** From the start of the process until it has loaded its models. */
  readonly readyMs: number;
  /** Without progress for so long, a worker hangs and is killed. */
  readonly hangMs: number;
  /** A camera that is said to be well may be quiet for so long. */
  readonly quietMs: number;
  /** For finishing open passages and for questions about their evidence, at the stop. */
  readonly stopMs: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** A worker that ran for so long starts the delays from the first again. */
  readonly steadyMs: number;
}

export const CAMERA_PROCESS_TIMING: CameraProcessTiming = {
  readyMs: 60_000,
  hangMs: 10_000,
  quietMs: 60_000,
  stopMs: 8000,
  firstDelayMs: 250,
  longestDelayMs: 30_000,
  steadyMs: 60_000,
};
