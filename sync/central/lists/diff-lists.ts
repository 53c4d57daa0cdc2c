import { Fault } from '../../../config/foundation/fault.ts';
import { decodeChunk } from '../../lists/chunk.ts';
import { decodeIndex } from '../../lists/chunk-index.ts';
import type { ListFolder } from './list-folder.ts';

export interface ListDiff {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly unchanged: number;
}

/**
 * How two versions differ, in look-up keys. Sealing is deterministic, so sealed records can be compared as they are.
 * Throws `list/not-comparable` for other lists, generations or revocations.
 */
export function diffOfLists(old: ListFolder, next: ListFolder): ListDiff {
  const [before, after] = [recordsOf(old), recordsOf(next)];
  if (before.keyCheck !== after.keyCheck) {
    throw new Fault('list/not-comparable', 'these are not versions of one list under one list key');
  }
  let [added, changed, unchanged] = [0, 0, 0];
  for (const [lookup, sealed] of after.records) {
    const was = before.records.get(lookup);
    if (was === undefined) added += 1;
    else if (was === sealed) unchanged += 1;
    else changed += 1;
  }
  return { added, changed, unchanged, removed: before.records.size - changed - unchanged };
}

function recordsOf(folder: ListFolder): { keyCheck: string; records: Map<string, string> } {
  const manifest = folder.builtManifest();
  if (manifest.state === 'revoked') throw new Fault('list/not-comparable', `${folder.path} is revoked`);
  const { prefixBits, chunks } = decodeIndex(folder.blob(manifest.snapshot.index.sha256));
  const records = new Map<string, string>();
  for (const [ordinal, chunk] of chunks.entries()) {
    const bytes = folder.blob(chunk.sha256.toString('hex'));
    for (const { lookup, sealed } of decodeChunk(bytes, { prefixBits, ordinal, removals: false })) {
      const key = lookup.toString('base64');
      records.set(key, (records.get(key) ?? '') + sealed.toString('base64'));
    }
  }
  return { keyCheck: manifest.keyCheck, records };
}
