import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../config/foundation/fault.ts';
import type { Camera } from './camera.ts';
import type { CameraContext, Picture } from './camera-context.ts';
import { ReplayCamera } from './replay-camera.ts';
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
export function folderCamera(source: FolderSource, context: CameraContext): Camera {
  const { log, name: camera } = context;
  const { path, pace, loop, framesPerSecond } = source;
  const stepMs = 1000 / framesPerSecond;
  let names: readonly string[] | null = null;
  async function* play(beginsMs: number, signal: AbortSignal): AsyncGenerator<Picture> {
    names ??= await pictureNames(path);
    let frames = 0;
    for (const name of names) {
      if (signal.aborted) return;
      const picture = await readPicture(join(path, name), beginsMs + frames * stepMs);
      if (picture === null) continue;
      frames += 1;
      yield picture;
    }
    const skipped = names.length - frames;
    if (skipped > 0) log.event('warn', 'camera/pictures-skipped', { camera, skipped, frames });
  }
  return new ReplayCamera(context, { path, pace, loop, stepMs, play });
}

async function pictureNames(path: string): Promise<readonly string[]> {
  try {
    const names = (await readdir(path)).filter((name) => PICTURE_NAME.test(name));
    return names.sort(new Intl.Collator('en', { numeric: true }).compare);
  } catch (cause) {
    throw new Fault('camera/unreadable-folder', `cannot list ${path}`, { cause });
  }
}

/** Null where the file is no whole picture or cannot be read: a replay goes on without it. */
async function readPicture(file: string, timeMs: number): Promise<Picture | null> {
  const bytes = await readFile(file).catch(() => null);
  if (bytes === null) return null;
  try {
    return await stillPicture(bytes, timeMs);
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}
