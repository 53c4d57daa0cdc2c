import { fold } from '../../../config/foundation/fold.ts';
import { chunkTargetBytes } from '../../lists/chunk.ts';
import type { ListEntry } from '../../lists/entry.ts';
import type { ListDescription } from '../../lists/list-description.ts';
import type { ActiveManifest, LayerReference } from '../../lists/manifest.ts';
import { ListSeal } from '../../lists/sealing/seal.ts';
import { foldedFormsOf } from '../../lists/wildcards.ts';
import { type ListChanges, PartChanges } from './changes.ts';
import { type BlobSink, LayerSize, LayerWriter } from './layer-writer.ts';
import { groupsOf, type ListContent } from './list-content.ts';
import type { ResealedContent } from './resealed-content.ts';
import { SafetyCost } from './safety-cost.ts';
import { parts, SealedSpill } from './sealed-spill.ts';

/** Where in its list's history a new version stands. */
export interface VersionPlace {
  readonly generation: number;
  readonly version: number;
  readonly predecessor: ActiveManifest['predecessor'];
  readonly issuedMs: number;
}

/** The version before under the same list key, so that a new one can be told as its changes. */
export interface VersionBefore {
  readonly manifest: ActiveManifest;
  readonly content: ListContent;
}

export interface ListBuilderOptions {
  readonly description: ListDescription;
  readonly listKey: Uint8Array;
  readonly place: VersionPlace;
  readonly before: VersionBefore | null;
  readonly sink: BlobSink;
  /** For records that do not fit into memory; removed by `close`. */
  readonly spillFolder: string;
  readonly onSorted?: (part: number, of: number) => void;
}

export interface BuiltVersion {
  readonly manifest: ActiveManifest;
  /** Against the version before; null where there is none to compare with. */
  readonly changes: ListChanges | null;
  readonly form: 'snapshot' | 'delta' | 'as-before';
  readonly safety: SafetyCost;
}

/** Every layer costs each look-up on every node a filter more, so at this many they are joined into one. */
const mostDeltasBuilt = 16;
/** Deltas are given up for a new snapshot when together they reach this part of it. */
const deltaPart = 1 / 4;

/** Builds one version of a list in flat memory: seal ─► sort in parts ─► compare with the version before ─► write. */
export class ListBuilder {
  readonly #options: ListBuilderOptions;
  readonly #seal: ListSeal;
  readonly #safety: SafetyCost;
  readonly #records: SealedSpill;
  readonly #delta: SealedSpill;

  constructor(options: ListBuilderOptions) {
    const { authority, list } = options.description;
    this.#options = options;
    this.#seal = new ListSeal(options.listKey, { authority, list, generation: options.place.generation });
    this.#safety = new SafetyCost(this.#seal);
    this.#records = new SealedSpill(`${options.spillFolder}/records`);
    this.#delta = new SealedSpill(`${options.spillFolder}/delta`);
  }

  /** Throws `list/entry-too-large`. */
  add(entry: ListEntry): void {
    for (const folded of foldedFormsOf(entry.text)) this.addUnder(folded, entry);
  }

  /** Throws as `add` would, and keeps nothing. */
  check(entry: ListEntry): void {
    this.#seal.seal(fold(entry.text), entry);
  }

  /** One of the plates that an entry stands for. Throws `list/entry-too-large`. */
  addUnder(folded: string, entry: ListEntry): void {
    this.#records.add(this.#safety.seal(folded, entry), folded);
  }

  /**
   * With the version before as it would be under this new list key, changes are counted against that, which is closed then. Throws
   * `list/too-many-alike` when one plate is listed too often, `list/too-large` beyond the format's bounds.
   */
  finish(resealed: ResealedContent | null = null): BuiltVersion {
    const { before, place } = this.#options;
    const deltas = before === null ? [] : this.#deltasToKeep(before.manifest);
    const size = new LayerSize();
    const changes = before === null && resealed === null ? null : new PartChanges();
    for (let first = 0; first < parts; first += 1) {
      const records = this.#records.part(first);
      for (const record of records) size.count(record);
      if (before !== null && changes !== null) this.#compare(first, groupsOf(records), before, { deltas, changes });
      else if (resealed !== null) changes?.count(resealed.part(first), groupsOf(records));
      this.#options.onSorted?.(first + 1, parts);
    }
    // What is written next may need its room on disk.
    resealed?.close();
    const entries = size.records;
    const counts = changes?.counts ?? null;
    if (before !== null && this.#deltaIsWorthIt(before.manifest, deltas)) {
      const { snapshot } = before.manifest;
      const own = this.#delta.bytes === 0 ? [] : [this.#write(this.#delta, place.version)];
      const layers = { snapshot, deltas: [...deltas, ...own] };
      const form = own.length === 0 && deltas.length === before.manifest.deltas.length ? 'as-before' : 'delta';
      return { manifest: this.#manifest(entries, layers), changes: counts, form, safety: this.#safety };
    }
    const snapshot = this.#write(this.#records, place.version, size);
    const manifest = this.#manifest(entries, { snapshot, deltas: [] });
    return { manifest, changes: counts, form: 'snapshot', safety: this.#safety };
  }

  /** Removes what was spilled. */
  close(): void {
    this.#records.close();
    this.#delta.close();
  }

  /** A new delta stands on these; on none of them when they have become many. */
  #deltasToKeep({ deltas }: ActiveManifest): readonly LayerReference[] {
    return deltas.length < mostDeltasBuilt ? deltas : [];
  }

  #compare(
    first: number,
    next: ReturnType<typeof groupsOf>,
    { manifest, content }: VersionBefore,
    { deltas, changes }: { deltas: readonly LayerReference[]; changes: PartChanges },
  ): void {
    const previous = content.part(first);
    changes.count(previous, next);
    if (!this.#deltaIsWorthIt(manifest, deltas)) return;
    const base = deltas.length === manifest.deltas.length ? previous : content.snapshotPart(first);
    for (const record of changes.recordsBetween(base, next)) this.#delta.add(record, record.plate);
  }

  #deltaIsWorthIt({ snapshot }: ActiveManifest, deltas: readonly LayerReference[]): boolean {
    // A list of one chunk is fetched as soon as a delta of it.
    if (snapshot.bytes <= chunkTargetBytes) return false;
    const bytes = deltas.reduce((sum, delta) => sum + delta.bytes, this.#delta.bytes);
    return bytes <= snapshot.bytes * deltaPart;
  }

  #write(records: SealedSpill, version: number, counted?: LayerSize): LayerReference {
    const size = counted ?? new LayerSize();
    if (counted === undefined)
      for (let first = 0; first < parts; first += 1) for (const record of records.part(first)) size.count(record);
    const writer = new LayerWriter(this.#options.sink, size.prefixBits());
    for (let first = 0; first < parts; first += 1) for (const record of records.part(first)) writer.add(record);
    return writer.finish(version);
  }

  #manifest(entries: number, layers: Pick<ActiveManifest, 'snapshot' | 'deltas'>): ActiveManifest {
    const { validity, mirrors = [], ...terms } = this.#options.description;
    const { issuedMs, ...place } = this.#options.place;
    const fromMs = validity.from === undefined ? issuedMs : Date.parse(validity.from);
    const untilMs = 'until' in validity ? Date.parse(validity.until) : fromMs + validity.days * 86_400_000;
    return {
      format: 1,
      state: 'active',
      ...terms,
      ...place,
      issued: new Date(issuedMs).toISOString(),
      validFrom: new Date(fromMs).toISOString(),
      validUntil: new Date(untilMs).toISOString(),
      entries,
      keyCheck: this.#seal.keyCheck,
      ...layers,
      mirrors,
    };
  }
}
