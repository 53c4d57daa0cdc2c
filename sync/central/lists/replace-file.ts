import { renameSync, writeFileSync } from 'node:fs';

/** Gives a file new content in one step, readable by its owner only: an interruption leaves the old. */
export function replaceFile(path: string, content: string | Buffer): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
