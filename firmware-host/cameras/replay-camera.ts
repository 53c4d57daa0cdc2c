import { Fault } from '../../config/foundation/fault.ts';
import { pause } from '../../config/foundation/pause.ts';
import type { Camera, CameraState, Frame } from './camera.ts';
import { type CameraContext, frameOf, type Picture } from './camera-context.ts';

/** One playing of a recording from its beginning, its first picture at `beginsMs`; throws a `Fault` when it cannot be read. */
export type Play = (beginsMs: number, signal: AbortSignal) => AsyncIterable<Picture>;

export interface Replay {
  readonly path: string;
  /** `fast` does not wait; the frames' times keep the recording's distances either way. */
  readonly pace: 'realtime' | 'fast';
  readonly loop: boolean;
  /** Between the rounds of a loop. */
  readonly stepMs: number;
  readonly play: Play;
}

/** A recording as a camera. Faults of `frames`: those of its playing, and `camera/no-pictures`. */
export class ReplayCamera implements Camera {
  readonly #context: CameraContext;
  readonly #replay: Replay;
  #state: CameraState = 'connecting';

  constructor(context: CameraContext, replay: Replay) {
    this.#context = context;
    this.#replay = replay;
  }

  get state(): CameraState {
    return this.#state;
  }

  async *frames(signal: AbortSignal): AsyncGenerator<Frame, void, undefined> {
    const now = this.#context.now ?? Date.now;
    const { path, pace, loop, stepMs, play } = this.#replay;
    let index = 0;
    let beginsMs = now();
    try {
      do {
        const indexBefore = index;
        for await (const picture of play(beginsMs, signal)) {
          if (pace === 'realtime') await pause(picture.timeMs - now(), signal);
          if (signal.aborted) return;
          this.#state = 'ok';
          beginsMs = picture.timeMs + stepMs;
          yield frameOf(picture, index++);
        }
        if (signal.aborted) return;
        // A round without a single picture ends the replay: repeating it would only burn the processor.
        if (index === indexBefore) throw new Fault('camera/no-pictures', `no readable picture in ${path}`);
      } while (loop);
    } finally {
      this.#state = 'ended';
    }
  }
}
