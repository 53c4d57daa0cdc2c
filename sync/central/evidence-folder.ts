import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvidenceKind } from '../uplink/hit.ts';

/** Saves pictures as `<hit>-<kind>.jpg`; a file is there whole or not at all. */
export class EvidenceFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** `hitId` was checked to be a UUID, so it is safe in a path. Returns the path. */
  async save(hitId: string, kind: EvidenceKind, jpeg: Uint8Array): Promise<string> {
    await mkdir(this.#folder, { recursive: true });
    const path = join(this.#folder, `${hitId}-${kind}.jpg`);
    await writeFile(`${path}.part`, jpeg, { mode: 0o600 });
    await rename(`${path}.part`, path);
    return path;
  }
}
