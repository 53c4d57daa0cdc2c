import { Fault } from '../../../config/foundation/fault.ts';
import { type CheckedChunk, decodeRecords, firstBits } from '../chunk.ts';
import type { ChunkIndex, ChunkReference } from '../chunk-index.ts';
import type { SealedEntry } from '../sealing/seal.ts';
import { buildKeyFilter } from './key-filter.ts';
import type { ListDatabase } from './list-database.ts';
import { chunksPerPart, PartPacker, type StoredLayer, StoredLayerBuilder } from './stored-layer.ts';

/** A layer of a list, by the hash of its index. */
export interface LayerName {
  readonly authority: string;
  readonly list: string;
  readonly indexSha256: string;
}

export interface MissingChunk extends ChunkReference {
  readonly ordinal: number;
}

interface LayerRow {
  readonly id: number;
  readonly prefix_bits: number;
}

const bucketsPerChunk = 256;
const recordsPerBucket = 16;
const chunksPerCollection = 16;

/** The content of the node's lists: layers, their chunks in buckets, and what matching keeps in memory of them. */
export class LayerStore {
  readonly #database: ListDatabase;
  readonly #packer = new PartPacker();
  /** Layers that were read and not asked for yet. */
  readonly #read = new Map<string, StoredLayer>();

  constructor(database: ListDatabase) {
    this.#database = database;
  }

  has(name: LayerName): boolean {
    return this.#row(name) !== null;
  }

  /** Writes down which chunks a layer consists of, before they are fetched. Two versions that share it may both do so; the second changes nothing. */
  stage({ authority, list, indexSha256 }: LayerName, index: ChunkIndex): void {
    const { sql } = this.#database;
    this.#database.changing(() => {
      const row = sql.list.get(authority, list);
      if (row === undefined) throw new Fault('list/unknown', 'no manifest of this list was accepted');
      if (this.has({ authority, list, indexSha256 })) return;
      const layer = sql.insertLayer.run(row.id, indexSha256, index.prefixBits).lastInsertRowid;
      for (const [ordinal, chunk] of index.chunks.entries()) {
        sql.insertLayerChunk.run(layer, ordinal, chunk.sha256, chunk.bytes, chunk.records);
      }
    });
  }

  /** The chunks of a staged layer that still have to be fetched, and the layer's prefix length. */
  missingChunks(name: LayerName): { prefixBits: number; chunks: MissingChunk[] } {
    const { id, prefix_bits } = this.#known(name);
    return { prefixBits: prefix_bits, chunks: this.#database.sql.missingChunks.all(id) };
  }

  /** Stores one chunk, whose records were checked, in one transaction that does not wait for the disk. Storing it again changes nothing. */
  addChunk(sha256: Uint8Array, prefixBits: number, chunk: CheckedChunk): void {
    const { sql } = this.#database;
    const { bytes, starts } = chunk;
    const bucketBits = Math.min(8, Math.max(0, Math.ceil(Math.log2(starts.length / recordsPerBucket))));
    const filter = buildKeyFilter(bytes, starts);
    this.#database.changingWithoutWaiting(() => {
      const inserted = sql.insertChunk.run(sha256, bucketBits, filter);
      if (inserted.changes === 0) return;
      const firstBucket = Number(inserted.lastInsertRowid) * bucketsPerChunk;
      for (const { bucket, records } of bucketsOf(chunk, prefixBits, bucketBits)) {
        sql.insertBucket.run(firstBucket + bucket, records);
      }
    });
  }

  /**
   * Makes a layer ready whose chunks are all here: writes what a start reads of it, part by part with a turn for others between, and
   * returns it. What was written is not read again, because reading 30 MB of a long list takes as much memory once more.
   */
  *finish(name: LayerName): Generator<void, StoredLayer> {
    const { sql } = this.#database;
    const { id, prefix_bits } = this.#known(name);
    const { bytes } = sql.filterBytesOf.get(id) ?? { bytes: 0 };
    const layer = new StoredLayerBuilder(prefix_bits, bytes ?? 0);
    const written = sql.partsOf.get(id)?.parts ?? 0;
    const all = Math.ceil(2 ** prefix_bits / chunksPerPart);
    for (let part = 0; part < all; part += 1) {
      const one = part < written ? sql.part.get(id, part) : this.#addPart(id, prefix_bits, part);
      if (one === undefined || !layer.add(one)) throw new Fault('list/incomplete', 'a part of a layer is missing');
      yield;
    }
    return layer.finished() ?? this.#database.damaged('the filters of a layer are not those of its chunks');
  }

  /** A complete layer, read into memory. */
  read(name: LayerName): StoredLayer {
    return this.handedOver(name) ?? this.#onDisk(this.#known(name));
  }

  /** Keeps a layer that was read until `read` asks for it, which then needs not read it again. */
  handOver(name: LayerName, layer: StoredLayer): void {
    this.#read.set(keyOf(name), layer);
  }

  /** A layer that was handed over and not asked for since. */
  handedOver(name: LayerName): StoredLayer | null {
    const layer = this.#read.get(keyOf(name)) ?? null;
    this.#read.delete(keyOf(name));
    return layer;
  }

  /** The records of one bucket of a chunk. Throws `list/database-damaged`. */
  bucket(chunkId: number, bucket: number): readonly SealedEntry[] {
    const row = this.#database.sql.bucket.get(chunkId * bucketsPerChunk + bucket);
    if (row === undefined) return [];
    return decodeRecords(row.records) ?? this.#database.damaged('a bucket does not end where its records end');
  }

  /** Throws `list/incomplete` unless the whole layer is here. */
  expectComplete(name: LayerName): void {
    const { sql } = this.#database;
    const { id, prefix_bits } = this.#known(name);
    const { count = 0 } = sql.missingCount.get(id) ?? {};
    if (count > 0) throw new Fault('list/incomplete', `${count} chunks are missing`);
    const { parts = 0 } = sql.partsOf.get(id) ?? {};
    if (parts < 2 ** prefix_bits / chunksPerPart) throw new Fault('list/incomplete', 'a part of a layer is missing');
  }

  /** Within a transaction: deletes some of the chunks that no layer names; tells whether there may be more. */
  dropSomeUnused(): boolean {
    const { sql } = this.#database;
    const unused = sql.unusedChunks.all(chunksPerCollection);
    for (const { id } of unused) {
      sql.dropBuckets.run(id * bucketsPerChunk, (id + 1) * bucketsPerChunk);
      sql.dropChunk.run(id);
    }
    return unused.length === chunksPerCollection;
  }

  /** What it returns is valid until the next call. */
  #addPart(layer: number, prefixBits: number, part: number) {
    const { sql } = this.#database;
    const first = part * chunksPerPart;
    const packed = this.#packer.pack(sql.chunksFrom.iterate(layer, first, first + chunksPerPart));
    if (packed.chunks !== Math.min(chunksPerPart, 2 ** prefixBits - first))
      throw new Fault('list/incomplete', 'a chunk of a layer is missing');
    this.#database.changingWithoutWaiting(() => sql.insertPart.run(layer, part, packed.heads, packed.filters));
    return packed;
  }

  #onDisk({ id, prefix_bits }: LayerRow): StoredLayer {
    const { sql } = this.#database;
    const { filterBytes } = sql.partsOf.get(id) ?? {};
    const builder = new StoredLayerBuilder(prefix_bits, filterBytes ?? 0);
    let whole = true;
    for (const part of sql.readParts.iterate(id)) whole &&= builder.add(part);
    const layer = whole ? builder.finished() : null;
    if (layer === null) throw new Fault('list/incomplete', 'a part of a matching version is gone');
    return layer;
  }

  #known(name: LayerName): LayerRow {
    const layer = this.#row(name);
    if (layer === null) throw new Fault('list/incomplete', 'a layer of a version is not here');
    return layer;
  }

  #row({ authority, list, indexSha256 }: LayerName): LayerRow | null {
    return this.#database.sql.layer.get(authority, list, indexSha256) ?? null;
  }
}

function keyOf({ authority, list, indexSha256 }: LayerName): string {
  return `${authority}/${list}/${indexSha256}`;
}

/** Cuts a chunk by the bits after its prefix: its records are sorted, so each bucket is one piece of its bytes. */
function* bucketsOf({ bytes, starts }: CheckedChunk, prefixBits: number, bucketBits: number) {
  let begin = starts[0] ?? bytes.length;
  let bucket = 0;
  for (const start of starts) {
    const own = bucketOf(bytes.readUInt32BE(start), prefixBits, bucketBits);
    if (own !== bucket && start > begin) {
      yield { bucket, records: bytes.subarray(begin, start) };
      begin = start;
    }
    bucket = own;
  }
  if (bytes.length > begin) yield { bucket, records: bytes.subarray(begin) };
}

/** Which bucket of its chunk a look-up key with this first word lies in. */
export function bucketOf(firstWord: number, prefixBits: number, bucketBits: number): number {
  return firstBits((firstWord << prefixBits) >>> 0, bucketBits);
}
