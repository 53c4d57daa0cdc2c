import type { Luma } from '../luma.ts';
import type { Edit, Pixels } from '../picture/pixels.ts';
import type { Corners } from '../plate.ts';
import type { Evidence } from './passage.ts';
import { cutOut } from './plate-cut-out.ts';

/** A picture as its source gives it; the colour JPEG of the whole is made only when asked. */
export interface Picture {
  readonly luma: Luma;
  /** `edit` changes what is to be seen, between the one decoding and the one encoding. */
  toJpeg(quality: number, edit?: Edit): Promise<Uint8Array>;
}

export interface BestFramesOptions {
  readonly holdMs: number;
  readonly sceneQuality: number;
  readonly mostFrames?: number;
  readonly mostBytes?: number;
  readonly encodePlate: (plate: Luma) => Promise<Uint8Array>;
  /** Covers the plates of others in a scene. */
  readonly hidePlates: (scene: Pixels, plates: readonly Corners[]) => void;
  /** Makes unrecognisable who sits in the vehicles of these plates; without it, occupants stay visible. */
  readonly hideOccupants?: ((scene: Pixels, plates: readonly Corners[]) => void) | undefined;
  /** A clock that never runs backwards, in milliseconds. */
  readonly now?: () => number;
}

interface Held {
  readonly plate: Luma;
  readonly picture: Picture;
  readonly own: Corners;
  readonly others: readonly Corners[];
  readonly bytes: number;
  expiresMs: number;
}

/**
 * Holds, in memory alone, the best frame actually read of each recent passage, in case it becomes a hit.
 * Invariants: a passage that was reported is forgotten after `holdMs`; never more than `mostFrames` frames and `mostBytes`
 * bytes are held, the oldest go first.
 */
export class BestFrames {
  readonly #held = new Map<string, Held>();
  readonly #options: BestFramesOptions;
  readonly #now: () => number;
  #bytes = 0;

  constructor(options: BestFramesOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** The best frame of this passage so far; it replaces an earlier one. `others` are the plates of other vehicles in it. */
  keep(passageId: string, picture: Picture, corners: Corners, others: readonly Corners[] = []): void {
    this.forget(passageId);
    const plate = cutOut(picture.luma, corners);
    const bytes = plate.data.byteLength + Math.ceil(picture.luma.widthPx * picture.luma.heightPx * 1.5);
    this.#held.set(passageId, { plate, picture, own: corners, others, bytes, expiresMs: Number.POSITIVE_INFINITY });
    this.#bytes += bytes;
    this.#makeRoom();
  }

  /** The passage was reported: its evidence may be asked for from now on, for `holdMs`. */
  reported(passageId: string): void {
    const held = this.#held.get(passageId);
    if (held !== undefined) held.expiresMs = this.#now() + this.#options.holdMs;
  }

  forget(passageId: string): void {
    const held = this.#held.get(passageId);
    if (held === undefined) return;
    this.#held.delete(passageId);
    this.#bytes -= held.bytes;
  }

  /** Drops what has been held long enough; to be called now and then, since a still road brings no new frames. */
  sweep(): void {
    const now = this.#now();
    for (const [id, { expiresMs }] of this.#held) if (expiresMs <= now) this.forget(id);
  }

  get size(): number {
    return this.#held.size;
  }

  /** The pictures of a passage, or null when they are not held (any more). */
  async evidence(passageId: string): Promise<Evidence | null> {
    this.sweep();
    const held = this.#held.get(passageId);
    if (held === undefined) return null;
    const [plateJpeg, sceneJpeg] = await Promise.all([this.#options.encodePlate(held.plate), this.#scene(held)]);
    return { plateJpeg, sceneJpeg };
  }

  async #scene({ picture, own, others }: Held): Promise<Uint8Array> {
    const { sceneQuality, hidePlates, hideOccupants } = this.#options;
    if (others.length === 0 && hideOccupants === undefined) return await picture.toJpeg(sceneQuality);
    return await picture.toJpeg(sceneQuality, (scene) => {
      hideOccupants?.(scene, [own, ...others]);
      hidePlates(scene, others);
    });
  }

  #makeRoom(): void {
    this.sweep();
    const { mostFrames = 32, mostBytes = 128 * 1024 * 1024 } = this.#options;
    for (const id of this.#held.keys()) {
      if (this.#held.size <= 1 || (this.#held.size <= mostFrames && this.#bytes <= mostBytes)) return;
      this.forget(id);
    }
  }
}
