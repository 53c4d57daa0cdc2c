import { statSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startOfUuidV7 } from '../../config/foundation/uuid-v7.ts';
import { type EvidenceKind, evidenceKinds } from '../uplink/hit.ts';
import type { EraseOptions } from './store/erase-hits.ts';

/** Of this folder's files alone: what else lies there is not ours to erase. */
const ours = new RegExp(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}-(?:${evidenceKinds.join('|')})\\.jpg(?:\\.part)?$`);

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
    try {
      await writeFile(`${path}.part`, jpeg, { mode: 0o600 });
      await rename(`${path}.part`, path);
    } catch (error) {
      // Half a picture would take the room that a full disk lacks.
      await rm(`${path}.part`, { force: true });
      throw error;
    }
    return path;
  }

  /** Erases pictures as the store erases their hits: by when they were saved and by the time in the hit's id. Returns how many. */
  async erase(
    beforeMs: number,
    { byArrivalAlone = false }: Pick<EraseOptions, 'byArrivalAlone'> = {},
  ): Promise<number> {
    const beforeId = startOfUuidV7(beforeMs);
    let erased = 0;
    for (const name of await this.#names()) {
      if (!ours.test(name) || (!byArrivalAlone && name >= beforeId)) continue;
      const path = join(this.#folder, name);
      // Another program that erases here may have been faster.
      const file = statSync(path, { throwIfNoEntry: false });
      if (file === undefined || file.mtimeMs >= beforeMs) continue;
      await rm(path, { force: true });
      erased += 1;
    }
    return erased;
  }

  /** The folder is made with the first picture. */
  async #names(): Promise<readonly string[]> {
    try {
      return await readdir(this.#folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
}
