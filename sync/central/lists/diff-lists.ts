import { Fault } from '../../../config/foundation/fault.ts';
import type { ListEntry } from '../../lists/entry.ts';
import type { ActiveManifest, Manifest } from '../../lists/manifest.ts';
import { ListSeal } from '../../lists/sealing/seal.ts';
import { changedGroups, type ListChanges, PartChanges } from './changes.ts';
import { ListContent, type RecordGroup } from './list-content.ts';
import type { ListFolder } from './list-folder.ts';
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
  /** Opens what differs, which takes the list key and the plates of both folders. */
  readonly onChange?: (change: EntryChange) => void;
}

/** How two versions differ. Throws `list/not-comparable` for other lists, generations or revocations. */
export function diffOfLists(old: ListVersion, next: ListVersion, { onChange }: DiffOptions = {}): ListChanges {
  if (old.manifest.keyCheck !== next.manifest.keyCheck)
    throw new Fault('list/not-comparable', 'these are not versions of one list under one list key');
  const plates = onChange !== undefined;
  const [before, after] = [old, next].map(({ folder, manifest }) => new ListContent(folder, manifest, { plates }));
  const seal = onChange === undefined ? null : new ListSeal(next.folder.listKey(), next.manifest);
  const changes = new PartChanges();
  for (let first = 0; first < parts; first += 1) {
    const [was, is] = [before?.part(first) ?? new Map(), after?.part(first) ?? new Map()];
    changes.count(was, is);
    if (seal === null) continue;
    for (const group of changedGroups(was, is)) onChange?.(opened(seal, group.before ?? [], group.after ?? []));
  }
  return changes.counts;
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
