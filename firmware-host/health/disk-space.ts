import { statfsSync } from 'node:fs';
import type { DiskSpace } from './node-facts.ts';

/** Space on the disk that holds the folder, as far as an unprivileged service may use it; null when it cannot be asked. */
export function diskSpace(folder: string): DiskSpace | null {
  try {
    const { bavail, blocks, bsize } = statfsSync(folder);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return null;
  }
}
