import { Fault } from '../../../config/foundation/fault.ts';
import { type ChunkPosition, decodeChunk, encodeRecord } from '../../lists/chunk.ts';
import { decodeIndex } from '../../lists/chunk-index.ts';
import { type ActiveManifest, type LayerReference, layersOf } from '../../lists/manifest.ts';
import type { ListFolder } from './list-folder.ts';
import { PlatesCipher } from './plates-cipher.ts';
import { type ListedRecord, parts } from './sealed-spill.ts';

const none = Buffer.alloc(0);

/** Records under one look-up key, in the order of the format. */
export type RecordGroup = readonly ListedRecord[];
export type GroupsByKey = ReadonlyMap<string, RecordGroup>;

/** Reads a built version back part by part, as a node would match it: the newest layer that has a key speaks for it. */
export class ListContent {
  readonly #layers: readonly LayerReader[];

  /** With plates, records can be opened; that takes the version's list key. */
  constructor(folder: ListFolder, manifest: ActiveManifest, options: { readonly plates?: boolean } = {}) {
    const cipher = options.plates === true ? new PlatesCipher(folder.keyOf(manifest), manifest) : null;
    this.#layers = layersOf(manifest).map(
      (layer) => new LayerReader(folder, layer, { removals: layer !== manifest.snapshot, cipher }),
    );
  }

  /** What is listed under look-up keys that begin with this byte. */
  part(first: number): GroupsByKey {
    return this.#merged(first, this.#layers);
  }

  /** The same without the deltas. */
  snapshotPart(first: number): GroupsByKey {
    return this.#merged(first, this.#layers.slice(-1));
  }

  *records(): Generator<ListedRecord> {
    for (let first = 0; first < parts; first += 1) for (const group of this.part(first).values()) yield* group;
  }

  #merged(first: number, layers: readonly LayerReader[]): GroupsByKey {
    const groups = new Map<string, RecordGroup>();
    for (const layer of layers.toReversed()) {
      for (const [key, group] of groupsOf(layer.part(first))) {
        if (group[0]?.sealed.length === 0) groups.delete(key);
        else groups.set(key, group);
      }
    }
    return groups;
  }
}

export function groupsOf(records: readonly ListedRecord[]): GroupsByKey {
  const groups = new Map<string, ListedRecord[]>();
  for (const record of records) {
    const key = record.lookup.toString('latin1');
    const group = groups.get(key);
    if (group) group.push(record);
    else groups.set(key, [record]);
  }
  return groups;
}

/** One layer; a chunk that reaches over several parts is decoded once. */
class LayerReader {
  readonly #folder: ListFolder;
  readonly #removals: boolean;
  readonly #cipher: PlatesCipher | null;
  readonly #prefixBits: number;
  readonly #chunks: readonly string[];
  #last: { ordinal: number; records: readonly ListedRecord[] } = { ordinal: -1, records: [] };

  constructor(
    folder: ListFolder,
    layer: LayerReference,
    how: { readonly removals: boolean; readonly cipher: PlatesCipher | null },
  ) {
    const index = decodeIndex(folder.blob(layer.index.sha256));
    this.#folder = folder;
    this.#removals = how.removals;
    this.#cipher = how.cipher;
    this.#prefixBits = index.prefixBits;
    this.#chunks = index.chunks.map(({ sha256 }) => sha256.toString('hex'));
  }

  part(first: number): readonly ListedRecord[] {
    const perPart = this.#prefixBits - 8;
    if (perPart <= 0) return this.#chunk(first >> -perPart).filter(({ lookup }) => lookup[0] === first);
    return Array.from({ length: 2 ** perPart }, (_, at) => this.#chunk((first << perPart) + at)).flat();
  }

  #chunk(ordinal: number): readonly ListedRecord[] {
    if (this.#last.ordinal !== ordinal) {
      this.#last = {
        ordinal,
        records: this.#decode({ prefixBits: this.#prefixBits, ordinal, removals: this.#removals }),
      };
    }
    return this.#last.records;
  }

  #decode(position: ChunkPosition): ListedRecord[] {
    const sha256 = this.#chunks[position.ordinal] ?? '';
    const records = decodeChunk(this.#folder.blob(sha256), position);
    // An empty chunk is the same under any key, so it may have been written under another.
    const plates = records.length === 0 ? [] : this.#cipher?.decrypt(this.#folder.plates(sha256));
    if (plates !== undefined && plates.length !== records.length)
      throw new Fault('list-folder/damaged', `${this.#folder.path} is damaged; build the list anew`);
    return records.map((record, at) => ({ ...record, plate: plates?.[at] ?? none, wire: encodeRecord(record) }));
  }
}
