import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Fault } from '../../../config/foundation/fault.ts';

/** Something to read, as named on the command line or found in a folder named there. */
export interface PictureSource {
  readonly kind: 'picture' | 'video';
  readonly path: string;
}

const PICTURES = new Set(['.jpg', '.jpeg', '.png', '.webp']);
const VIDEOS = new Set([
  '.mp4',
  '.mkv',
  '.avi',
  '.mov',
  '.m4v',
  '.ts',
  '.h264',
  '.264',
  '.hevc',
  '.mjpeg',
  '.webm',
  '.mpg',
]);

/**
 * The pictures and videos of a path: a folder's by their extensions and in the order of their names, a file as it is.
 * Faults: `read/missing`, `read/unreadable`, `read/no-pictures`.
 */
export async function pictureSources(path: string): Promise<readonly PictureSource[]> {
  const all = await namesIn(path);
  if (all === null) return [sourceOf(path)];
  const names = all.filter((name) => isPicture(name) || isVideo(name)).sort();
  if (names.length === 0) throw new Fault('read/no-pictures', 'no pictures or videos in this folder');
  return names.map((name) => sourceOf(join(path, name)));
}

/** The files in a folder, or null for what is none; asked at once, because what was a folder a moment ago may be gone. */
async function namesIn(path: string): Promise<readonly string[] | null> {
  try {
    const found = await readdir(path, { withFileTypes: true });
    return found.filter((one) => !one.isDirectory()).map(({ name }) => name);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return null;
    if (code === 'ENOENT') throw new Fault('read/missing', 'no such file or folder', { cause });
    throw new Fault('read/unreadable', `it cannot be read (${code}): see its permissions and its disk`, { cause });
  }
}

function sourceOf(path: string): PictureSource {
  return { kind: isVideo(path) ? 'video' : 'picture', path };
}

function isVideo(name: string): boolean {
  return VIDEOS.has(extname(name).toLowerCase());
}

function isPicture(name: string): boolean {
  return PICTURES.has(extname(name).toLowerCase());
}
