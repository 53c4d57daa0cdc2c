import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../../config/foundation/fault.ts';
import type { ListEntry } from '../../lists/entry.ts';
import type { ActiveManifest, Manifest } from '../../lists/manifest.ts';
import { ListSeal } from '../../lists/sealing/seal.ts';
import { changedGroups, type ListChanges, PartChanges } from './changes.ts';
import { ListContent, type RecordGroup } from './list-content.ts';
import type { ListFolder } from './list-folder.ts';
import { ResealedContent } from './resealed-content.ts';
import { parts } from './sealed-spill.ts';

/** A version of a list in its folder. */
export interface ListVersion {
  readonly folder: ListFolder;
  readonly manifest: ActiveManifest;
}

/** One plate of which two versions say different things. */
export interface EntryChange {
  readonly change: 'added' | 'removed' | 'changed';
  readonly before: readonly ListEntry[];
  readonly after: readonly ListEntry[];
}

export interface DiffOptions {
  /** Opens what differs, which takes the list keys and the plates of both versions. */
  readonly onChange?: (change: EntryChange) => void;
}

/**
 * How two versions of a list differ, plate by plate. Where each has a list key of its own, the older is sealed anew under the newer's, which
 * takes both keys and the older's plates. Throws `list/not-comparable` for two lists, `list-folder/...` where a version cannot be opened.
 */
export function diffOfLists(old: ListVersion, next: ListVersion, { onChange }: DiffOptions = {}): ListChanges {
  const [one, other] = [old, next].map(({ manifest }) => `${manifest.authority}/${manifest.list}`);
  if (one !== other)
    throw new Fault('list/not-comparable', `${one} and ${other} are two lists; name two folders of one list`);
  const plates = onChange !== undefined;
  const after = new ListContent(next.folder, next.manifest, { plates });
  const seal = plates ? sealOf(next) : null;
  const changes = new PartChanges();
  // It may lie on disk, so nothing that can fail stands between this and its end.
  const resealed = old.manifest.keyCheck === next.manifest.keyCheck ? null : resealedAs(next, old);
  try {
    const before = resealed ?? new ListContent(old.folder, old.manifest, { plates });
    for (let first = 0; first < parts; first += 1) {
      const [was, is] = [before.part(first), after.part(first)];
      changes.count(was, is);
      if (seal === null) continue;
      for (const group of changedGroups(was, is)) onChange?.(opened(seal, group.before ?? [], group.after ?? []));
    }
    return changes.counts;
  } finally {
    resealed?.close();
  }
}

function resealedAs(next: ListVersion, old: ListVersion): ResealedContent {
  const spillFolder = join(tmpdir(), `hazeldonk-diff-${randomUUID()}`);
  return new ResealedContent(old, sealOf(next), { spillFolder });
}

function sealOf({ folder, manifest }: ListVersion): ListSeal {
  return new ListSeal(folder.keyOf(manifest), manifest);
}

/** The newest version in a folder. Throws `list/not-comparable` for a revoked one. */
export function newestVersion(folder: ListFolder): ListVersion {
  return { folder, manifest: active(folder, folder.builtManifest()) };
}

/** The version that was published last. Throws `list/not-comparable` where there is none. */
export function publishedVersion(folder: ListFolder): ListVersion {
  const published = folder.published()?.manifest;
  if (published === undefined)
    throw new Fault('list/not-comparable', `nothing of ${folder.path} was published yet; name two folders to compare`);
  return { folder, manifest: active(folder, published) };
}

function active(folder: ListFolder, manifest: Manifest): ActiveManifest {
  if (manifest.state === 'revoked') throw new Fault('list/not-comparable', `${folder.path} is revoked`);
  return manifest;
}

function opened(seal: ListSeal, before: RecordGroup, after: RecordGroup): EntryChange {
  const change = before.length === 0 ? 'added' : after.length === 0 ? 'removed' : 'changed';
  return { change, before: entriesOf(seal, before), after: entriesOf(seal, after) };
}

function entriesOf(seal: ListSeal, group: RecordGroup): ListEntry[] {
  return group.flatMap(({ plate, sealed }) => seal.open(plate.toString('latin1'), sealed) ?? []);
}
