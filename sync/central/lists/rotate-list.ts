import { rmSync } from 'node:fs';
import { Fault } from '../../../config/foundation/fault.ts';
import type { ListDescription } from '../../lists/list-description.ts';
import type { ActiveManifest } from '../../lists/manifest.ts';
import { ListSeal } from '../../lists/sealing/seal.ts';
import { ListBuilder } from './build-list.ts';
import type { BuildPhase } from './build-list-folder.ts';
import { ListContent } from './list-content.ts';
import { type ListFolder, newListKey } from './list-folder.ts';
import { PlatesCipher } from './plates-cipher.ts';

export interface RotateRequest {
  readonly folder: ListFolder;
  readonly nowMs: number;
  readonly onProgress?: (phase: BuildPhase, done: number, of?: number) => void;
}

const progressEvery = 10_000;

/**
 * Seals the newest version anew under a new list key, from the folder alone; terms and validity stay. Nodes match the version
 * before until they have the new one and its key, so matching has no gap. Throws `list/revoked`, `list/expired`.
 */
export function rotateList(request: RotateRequest): ActiveManifest {
  const letGo = request.folder.hold();
  try {
    return rotate(request);
  } finally {
    letGo();
  }
}

function rotate({ folder, nowMs, onProgress }: RotateRequest): ActiveManifest {
  const before = folder.builtManifest();
  if (before.state === 'revoked') throw new Fault('list/revoked', 'a revoked list has no key to rotate');
  if (Date.parse(before.validUntil) <= nowMs)
    throw new Fault('list/expired', 'this version is valid no more; build a new one with --rotate-key');
  const old = new ListSeal(folder.listKey(), before);
  const listKey = newListKey();
  const published = folder.published();
  const place = {
    generation: before.generation + 1,
    version: before.version + 1,
    predecessor: published === null ? null : { version: published.manifest.version, sha256: published.sha256 },
    issuedMs: nowMs,
  };
  const { spillFolder } = folder;
  const builder = new ListBuilder({
    description: descriptionOf(before),
    listKey,
    place,
    before: null,
    sink: folder.sink(new PlatesCipher(listKey, { ...before, generation: place.generation })),
    spillFolder,
    onSorted: (part, of) => onProgress?.('sorted', part, of),
  });
  try {
    let done = 0;
    for (const { plate, sealed } of new ListContent(folder, before, { plates: true }).records()) {
      const folded = plate.toString('latin1');
      const entry = old.open(folded, sealed);
      if (entry === null) throw new Fault('list-folder/damaged', `an entry in ${folder.path} cannot be opened`);
      builder.addUnder(folded, entry);
      done += 1;
      if (done % progressEvery === 0) onProgress?.('read', done, before.entries);
    }
    const { manifest } = builder.finish();
    folder.commit(manifest, listKey);
    return manifest;
  } finally {
    builder.close();
    rmSync(spillFolder, { recursive: true, force: true });
  }
}

/** What the officer wrote when this version was built, with the validity that came of it. */
function descriptionOf(manifest: ActiveManifest): ListDescription {
  const { authority, list, title, purpose, legalBasis, protocol, recipients, action, priority } = manifest;
  const { respondWithinMinutes, area, expectedGenuinePerMillion, falseHitsPerMillion, mirrors } = manifest;
  const rates = { expectedGenuinePerMillion, falseHitsPerMillion, mirrors };
  const terms = { title, purpose, legalBasis, protocol, recipients, action, priority, respondWithinMinutes, area };
  return { authority, list, ...terms, ...rates, validity: { from: manifest.validFrom, until: manifest.validUntil } };
}
