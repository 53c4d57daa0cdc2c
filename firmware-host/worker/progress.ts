import type { WorkerHealth } from './worker-messages.ts';

/**
 * Tells progress from mere signs of life. Invariant: a worker that works on one frame for ever makes none, however punctual its
 * messages; a worker that waits for a camera makes it while the camera says that it has no signal, and for `quietMs` otherwise.
 */
export class Progress {
  readonly #quietMs: number;
  #frames = -1;
  #newFrameMs: number;
  #madeMs: number;

  constructor(quietMs: number, nowMs: number) {
    this.#quietMs = quietMs;
    this.#newFrameMs = nowMs;
    this.#madeMs = nowMs;
  }

  /** Since when there has been none. */
  get madeMs(): number {
    return this.#madeMs;
  }

  /** Something was done that is progress by itself: the worker got ready. */
  made(nowMs: number): void {
    this.#madeMs = this.#newFrameMs = nowMs;
  }

  /** The listener itself stood still for so long and could hear nothing: that is not the worker's fault. */
  excuse(ms: number): void {
    this.#madeMs += ms;
    this.#newFrameMs += ms;
  }

  hear({ counters, stage, cameraState }: WorkerHealth, nowMs: number): void {
    if (counters.frames !== this.#frames) {
      this.#frames = counters.frames;
      this.made(nowMs);
    } else if (stage === 'waiting') {
      const known = cameraState === 'no-signal' || cameraState === 'ended';
      if (known || nowMs - this.#newFrameMs < this.#quietMs) this.#madeMs = nowMs;
    }
  }
}
