import { existsSync, mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * Makes a folder unless it is there. What is returned undoes what was made since: the parts named that were not there before, then the
 * folder and those above it that were made for it, as far as nothing else is in them.
 */
export function beginFolder(path: string, parts: readonly string[]): () => void {
  const made = parts.map((name) => join(path, name)).filter((part) => !existsSync(part));
  const first = mkdirSync(path, { recursive: true, mode: 0o700 });
  return () => {
    for (const part of made) rmSync(part, { recursive: true, force: true });
    if (first === undefined) return;
    for (let folder = resolve(path); removedIfEmpty(folder) && folder !== resolve(first); folder = dirname(folder));
  };
}

function removedIfEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
    return false;
  }
}
