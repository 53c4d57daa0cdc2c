import type { ListSeal } from '../../lists/sealing/seal.ts';
import type { ListVersion } from './diff-lists.ts';
import { type GroupsByKey, groupsOf } from './list-content.ts';
import { openedEntries } from './opened-entries.ts';
import { SealedSpill } from './sealed-spill.ts';

export interface Resealing {
  /** For what has no room in memory, encrypted, until `close`. */
  readonly spillFolder: string;
  /** Called for each entry with how many are done. */
  readonly onEntry?: (done: number) => void;
}

/**
 * A version as it would be under another list key. Sealing is deterministic, so it can be compared with a version under that key plate by
 * plate, although no look-up key of the one is in the other.
 */
export class ResealedContent {
  readonly #records: SealedSpill;

  /** Throws `list-folder/...` where the version cannot be opened, `list/no-spill` where there is no room for it. */
  constructor(version: ListVersion, seal: ListSeal, { spillFolder, onEntry }: Resealing) {
    this.#records = new SealedSpill(spillFolder);
    let done = 0;
    try {
      for (const { folded, entry } of openedEntries(version)) {
        this.#records.add(seal.seal(folded, entry), folded);
        onEntry?.(++done);
      }
    } catch (error) {
      this.#records.close();
      throw error;
    }
  }

  /** What is listed under look-up keys of the new key that begin with this byte. */
  part(first: number): GroupsByKey {
    return groupsOf(this.#records.part(first));
  }

  /** May be called twice. */
  close(): void {
    this.#records.close();
  }
}
