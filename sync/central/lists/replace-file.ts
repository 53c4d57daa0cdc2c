import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Gives a file new content in one step, readable by its owner only: an interruption leaves the old, and so does a power failure. */
export function replaceFile(path: string, content: string | Buffer): void {
  const part = `${path}.new`;
  synced(openSync(part, 'w', 0o600), (file) => writeFileSync(file, content));
  renameSync(part, path);
  // Until the folder is on disk too, a file replaced later may be there before this one.
  synced(openSync(dirname(path), 'r'));
}

/** As `replaceFile`, for content that is checked when it is read and may be made anew: many files are not waited for one by one. */
export function replaceFileUnsynced(path: string, content: Buffer): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function synced(descriptor: number, write: (descriptor: number) => void = () => undefined): void {
  try {
    write(descriptor);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
