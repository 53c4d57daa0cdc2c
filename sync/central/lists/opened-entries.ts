import { Fault } from '../../../config/foundation/fault.ts';
import type { ListEntry } from '../../lists/entry.ts';
import { ListSeal } from '../../lists/sealing/seal.ts';
import type { ListVersion } from './diff-lists.ts';
import { ListContent } from './list-content.ts';

/** Every entry of a version, opened, and the folded plate that it is listed under. Throws `list-folder/...` where one cannot be opened. */
export function* openedEntries({ folder, manifest }: ListVersion): Generator<{ folded: string; entry: ListEntry }> {
  const seal = new ListSeal(folder.keyOf(manifest), manifest);
  for (const { plate, sealed } of new ListContent(folder, manifest, { plates: true }).records()) {
    const folded = plate.toString('latin1');
    const entry = seal.open(folded, sealed);
    if (entry === null) throw new Fault('list-folder/damaged', `an entry in ${folder.path} cannot be opened`);
    yield { folded, entry };
  }
}
