import { compareRecords, encodeRecord } from '../../lists/chunk.ts';
import type { GroupsByKey, RecordGroup } from './list-content.ts';
import type { ListedRecord } from './sealed-spill.ts';

/** How two versions differ, in look-up keys: plates, with look-alikes as one. */
export interface ListChanges {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly unchanged: number;
}

/** One plate of which two versions say different things; null where a version does not list it. */
export interface GroupChange {
  readonly before: RecordGroup | null;
  readonly after: RecordGroup | null;
}

/** What differs between the same part of two versions. Sealing is deterministic, so sealed records are compared as they are. */
export function* changedGroups(before: GroupsByKey, after: GroupsByKey): Generator<GroupChange> {
  for (const [key, group] of after) {
    const was = before.get(key) ?? null;
    if (was === null || !sameRecords(was, group)) yield { before: was, after: group };
  }
  for (const [key, group] of before) if (!after.has(key)) yield { before: group, after: null };
}

/** Counts changes part by part, and says which records bring one version to the next. */
export class PartChanges {
  #added = 0;
  #removed = 0;
  #changed = 0;
  #unchanged = 0;

  get counts(): ListChanges {
    return { added: this.#added, removed: this.#removed, changed: this.#changed, unchanged: this.#unchanged };
  }

  count(before: GroupsByKey, after: GroupsByKey): void {
    let differing = 0;
    for (const change of changedGroups(before, after)) {
      if (change.before === null) this.#added += 1;
      else if (change.after === null) this.#removed += 1;
      else this.#changed += 1;
      if (change.after !== null) differing += 1;
    }
    this.#unchanged += after.size - differing;
  }

  /** As a delta says it: a key with all that is listed under it now, or its removal. */
  *recordsBetween(before: GroupsByKey, after: GroupsByKey): Generator<ListedRecord> {
    for (const change of changedGroups(before, after)) {
      if (change.after !== null) yield* change.after;
      else if (change.before?.[0] !== undefined) yield removalOf(change.before[0]);
    }
  }
}

function removalOf({ lookup }: ListedRecord): ListedRecord {
  const sealed = Buffer.alloc(0);
  return { lookup, sealed, plate: Buffer.alloc(0), wire: encodeRecord({ lookup, sealed }) };
}

function sameRecords(a: RecordGroup, b: RecordGroup): boolean {
  return a.length === b.length && a.every((record, at) => b[at] !== undefined && compareRecords(record, b[at]) === 0);
}
