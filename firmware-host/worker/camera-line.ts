import type { Luma } from '../../recognizer/luma.ts';
import type { FrameGate } from '../../recognizer/passages/frame-gate.ts';
import type { Passage } from '../../recognizer/passages/passage.ts';
import type { FoundPlate, Passages } from '../../recognizer/passages/passages.ts';
import type { Frame } from '../cameras/camera.ts';
import type { Counters, WorkerHealth } from './worker-messages.ts';

/** Finds plates in a picture without reading them. */
export interface PlateFinder {
  detect(luma: Luma): Promise<readonly FoundPlate[]>;
}

export interface CameraLineParts {
  readonly gate: FrameGate;
  readonly finder: PlateFinder;
  readonly passages: Passages;
}

/** The line of one camera: frame, gate, detect, track, read, fuse, passage. */
export class CameraLine {
  readonly #parts: CameraLineParts;
  #stage: WorkerHealth['stage'] = 'waiting';
  #frames = 0;
  #gated = 0;
  #detected = 0;
  #fused = 0;

  constructor(parts: CameraLineParts) {
    this.#parts = parts;
  }

  get stage(): WorkerHealth['stage'] {
    return this.#stage;
  }

  get counters(): Omit<Counters, 'dropped'> {
    const read = this.#parts.passages.platesRead;
    return { frames: this.#frames, gated: this.#gated, detected: this.#detected, read, fused: this.#fused };
  }

  /** Forgets whoever passed long enough ago; to be called now and then. */
  sweep(nowMs: number): void {
    this.#parts.passages.sweep(nowMs);
  }

  /**
   * The passages that each of these frames decides, mostly none; a null among the frames is a silence, in which whatever was in
   * the picture has left. One answer a frame, not one a passage: a loop that waits holds what it was given last, and must not
   * hold a passage until the next vehicle comes.
   */
  async *passages(frames: AsyncIterable<Frame | null>): AsyncGenerator<readonly Passage[]> {
    for await (const frame of frames) {
      this.#stage = 'working';
      yield this.#counted(await (frame === null ? this.#parts.passages.close() : this.#look(frame)));
      this.#stage = 'waiting';
    }
    yield this.#counted(await this.#parts.passages.close());
  }

  async #look(frame: Frame): Promise<readonly Passage[]> {
    const { gate, finder, passages } = this.#parts;
    this.#frames++;
    if (!gate.opens(frame.luma, frame.timeMs)) {
      this.#gated++;
      return await passages.still(frame.timeMs);
    }
    const plates = await finder.detect(frame.luma);
    this.#detected += plates.length;
    return await passages.add(frame, plates);
  }

  #counted(passages: readonly Passage[]): readonly Passage[] {
    this.#fused += passages.length;
    return passages;
  }
}
