import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../config/foundation/fault.ts';
import { pause } from '../../config/foundation/pause.ts';
import type { Camera, CameraState, Frame } from './camera.ts';
import { type CameraContext, frameOf, type Picture } from './camera-context.ts';
import { stillPicture } from './still-picture.ts';

/** Pictures of a folder, replayed in the natural order of their names (`frame-9` before `frame-10`). */
export interface FolderSource {
  readonly kind: 'folder';
  readonly path: string;
  readonly framesPerSecond: number;
  readonly loop: boolean;
  /** `fast` does not wait; the frames' times keep the distance of `framesPerSecond` either way. */
  readonly pace: 'realtime' | 'fast';
}

const PICTURE_NAME = /\.(jpe?g|png|webp)$/i;

/**
 * Replays a folder. Broken pictures are skipped and counted in `camera/pictures-skipped` after each round.
 * Faults of `frames`: `camera/unreadable-folder`, `camera/no-pictures`.
 */
export class FolderCamera implements Camera {
  readonly #source: FolderSource;
  readonly #context: CameraContext;
  #state: CameraState = 'connecting';

  constructor(source: FolderSource, context: CameraContext) {
    this.#source = source;
    this.#context = context;
  }

  get state(): CameraState {
    return this.#state;
  }

  async *frames(signal: AbortSignal): AsyncGenerator<Frame, void, undefined> {
    const now = this.#context.now ?? Date.now;
    const { framesPerSecond, loop, pace } = this.#source;
    const beganMs = now();
    let index = 0;
    try {
      const names = await this.#pictureNames();
      do {
        const indexBefore = index;
        for (const name of names) {
          if (signal.aborted) return;
          const timeMs = beganMs + (index * 1000) / framesPerSecond;
          const picture = await this.#read(name, timeMs);
          if (picture === null) continue;
          if (pace === 'realtime') await pause(timeMs - now(), signal);
          if (signal.aborted) return;
          this.#state = 'ok';
          yield frameOf(picture, index++);
        }
        this.#reportRound(names.length, index - indexBefore);
      } while (loop);
    } finally {
      this.#state = 'ended';
    }
  }

  async #pictureNames(): Promise<string[]> {
    try {
      const names = (await readdir(this.#source.path)).filter((name) => PICTURE_NAME.test(name));
      return names.sort(new Intl.Collator('en', { numeric: true }).compare);
    } catch (cause) {
      throw new Fault('camera/unreadable-folder', `cannot list ${this.#source.path}`, { cause });
    }
  }

  /** Null where the file is no whole picture or cannot be read: a replay goes on without it. */
  async #read(name: string, timeMs: number): Promise<Picture | null> {
    const bytes = await readFile(join(this.#source.path, name)).catch(() => null);
    if (bytes === null) return null;
    try {
      return await stillPicture(bytes, timeMs);
    } catch (error) {
      if (error instanceof Fault) return null;
      throw error;
    }
  }

  /** A round without a single picture ends the replay: repeating it would only burn the processor. */
  #reportRound(files: number, frames: number): void {
    const { log, name } = this.#context;
    if (frames < files) log.event('warn', 'camera/pictures-skipped', { camera: name, skipped: files - frames, frames });
    if (frames === 0) throw new Fault('camera/no-pictures', `no readable picture in ${this.#source.path}`);
  }
}
