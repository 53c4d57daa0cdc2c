import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../../config/foundation/fault.ts';
import type { ListDescription } from '../../lists/list-description.ts';
import type { ActiveManifest } from '../../lists/manifest.ts';
import type { ListIdentity } from '../../lists/sealing/seal.ts';
import { ListBuilder } from './build-list.ts';
import type { BuildPhase } from './build-list-folder.ts';
import type { BlobSink } from './layer-writer.ts';
import { type ListFolder, newListKey } from './list-folder.ts';
import { openedEntries } from './opened-entries.ts';
import { PlatesCipher } from './plates-cipher.ts';
import type { PlannedVersion } from './publication-plan.ts';

export interface RotateRequest {
  readonly folder: ListFolder;
  readonly nowMs: number;
  readonly onProgress?: (phase: BuildPhase, done: number, of?: number) => void;
}

const progressEvery = 10_000;

/** Where the version that is sealed anew goes. */
interface Target {
  readonly listKey: Buffer;
  readonly sinkFor: (list: ListIdentity) => BlobSink;
  readonly spillFolder: string;
}

/**
 * Seals the newest version anew under a new list key, from the folder alone; terms and validity stay. Nodes match the version
 * before until they have the new one and its key, so matching has no gap. Throws `list/revoked`, `list/expired`.
 */
export function rotateList(request: RotateRequest): ActiveManifest {
  const { folder } = request;
  const listKey = newListKey();
  const letGo = folder.hold();
  try {
    const sinkFor = (list: ListIdentity): BlobSink => folder.sink(new PlatesCipher(listKey, list));
    const manifest = sealAnew(request, { listKey, sinkFor, spillFolder: folder.spillFolder });
    folder.commit(manifest, listKey);
    return manifest;
  } finally {
    letGo();
  }
}

/**
 * What `rotateList` would make, with the folder left alone; what has no room in memory goes to the temporary folder, encrypted. The key is
 * thrown away, so hashes and key check will be others.
 */
export function tryRotation(request: RotateRequest): PlannedVersion & { readonly manifest: ActiveManifest } {
  const sizes = new Map<string, number>();
  const sink: BlobSink = {
    put: (sha256, bytes) => sizes.set(sha256, bytes.length),
    putPlates: () => undefined,
  };
  const spillFolder = join(tmpdir(), `hazeldonk-rotate-${randomUUID()}`);
  const manifest = sealAnew(request, { listKey: newListKey(), sinkFor: () => sink, spillFolder });
  return { manifest, blobs: [...sizes.keys()], bytesOf: (sha256) => sizes.get(sha256) ?? 0 };
}

function sealAnew(
  { folder, nowMs, onProgress }: RotateRequest,
  { listKey, sinkFor, spillFolder }: Target,
): ActiveManifest {
  const before = folder.builtManifest();
  if (before.state === 'revoked') throw new Fault('list/revoked', 'a revoked list has no key to rotate');
  if (Date.parse(before.validUntil) <= nowMs)
    throw new Fault('list/expired', 'this version is valid no more; build a new one with --rotate-key');
  const published = folder.published();
  const place = {
    generation: before.generation + 1,
    version: before.version + 1,
    predecessor: published === null ? null : { version: published.manifest.version, sha256: published.sha256 },
    issuedMs: nowMs,
  };
  const builder = new ListBuilder({
    description: descriptionOf(before),
    listKey,
    place,
    before: null,
    sink: sinkFor({ ...before, generation: place.generation }),
    spillFolder,
    onSorted: (part, of) => onProgress?.('sorted', part, of),
  });
  try {
    let done = 0;
    for (const { folded, entry } of openedEntries({ folder, manifest: before })) {
      builder.addUnder(folded, entry);
      done += 1;
      if (done % progressEvery === 0) onProgress?.('read', done, before.entries);
    }
    return builder.finish().manifest;
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
