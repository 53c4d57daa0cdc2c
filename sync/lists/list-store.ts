import { Fault } from '../../config/foundation/fault.ts';
import type { Database } from '../database/database.ts';
import { isDamaged } from '../database/is-damaged.ts';
import { type CheckedChunk, decodeRecords, firstBits } from './chunk.ts';
import type { ChunkIndex, ChunkReference } from './chunk-index.ts';
import { buildKeyFilter } from './key-filter.ts';
import { type ListRow, listStatements } from './list-statements.ts';
import { listLayout, listTables } from './list-tables.ts';
import { type ActiveManifest, layersOf, parseManifest, type SignedManifest } from './manifest.ts';
import type { ListIdentity, SealedEntry } from './seal.ts';
import { chunksPerPart, joinParts, packPart, type StoredLayer } from './stored-layer.ts';

/** One list as the node holds it. */
export interface StoredList {
  readonly authority: string;
  readonly list: string;
  readonly accepted: { readonly generation: number; readonly version: number; readonly sha256: string };
  readonly withdrawn: Withdrawal | null;
  readonly pending: SignedManifest | null;
  readonly active: ActiveManifest | null;
}
export type Withdrawal = 'revoked' | 'outside-area';

/** How new a list was in a database that was given up. */
export interface VersionFloor {
  readonly authority: string;
  readonly list: string;
  readonly generation: number;
  readonly version: number;
  readonly issuedMs: number;
}

export interface MissingChunk extends ChunkReference {
  readonly ordinal: number;
}

const bucketsPerChunk = 256;
const recordsPerBucket = 16;
const chunksPerCollection = 16;

/** The node's lists in SQLite; see list-tables.ts for what always holds. It trusts its caller to have verified signatures. */
export class ListStore {
  readonly #database: Database;
  readonly #onDamaged: () => void;
  readonly #sql: ReturnType<typeof listStatements>;
  readonly #manifests = new Map<string, readonly SignedManifest[]>();
  /** Layers that were read and not asked for yet. */
  readonly #read = new Map<string, StoredLayer>();
  #revision = 0;

  /** `onDamaged` hears of damage that is found while the store is in use, before the fault that ends that use. */
  constructor(database: Database, onDamaged: () => void = () => undefined) {
    this.#database = database;
    this.#onDamaged = onDamaged;
    // Freed pages are overwritten where that costs no extra writing, so that revoked lists and old keys do not linger.
    database.pragma('secure_delete = FAST');
    this.#layOut();
    this.#sql = listStatements(database);
  }

  /** Grows whenever what matches may have changed. */
  get revision(): number {
    return this.#revision;
  }

  lists(): StoredList[] {
    return this.#sql.lists.all().map((row) => this.#stored(row));
  }

  list(authority: string, name: string): StoredList | null {
    const row = this.#row(authority, name);
    return row === undefined ? null : this.#stored(row);
  }

  /** When this authority signed last, as far as this node knows; the true time is not before it. */
  latestIssuedMs(authority: string): number {
    return this.#sql.latestIssued.get(authority)?.ms ?? 0;
  }

  /** Reads what matching needs before the first look-up, so that damage there is found at once. */
  readThrough(): void {
    this.wrappedKeys();
    for (const { authority, list, active } of this.lists()) {
      const layers = active === null ? [] : layersOf(active);
      for (const { index } of layers) {
        this.#expectNoneMissing(authority, list, index.sha256);
        this.handOver(authority, list, index.sha256, this.layer(authority, list, index.sha256));
      }
    }
  }

  /** Keeps a layer that was read until `layer` asks for it, which then needs not read it again. */
  handOver(authority: string, name: string, indexSha256: string, layer: StoredLayer): void {
    this.#read.set(`${authority}/${name}/${indexSha256}`, layer);
  }

  /** Says that another connection may have changed what matches. */
  changedElsewhere(): void {
    this.#revision += 1;
  }

  /** Remembers how new a list was that is no longer here: the version itself is accepted again, an older one is not. */
  raiseFloor({ authority, list, generation, version, issuedMs }: VersionFloor): void {
    this.#sql.raiseFloor.run(authority, list, generation, version - 1, issuedMs);
  }

  /** Takes a verified manifest as the newest of its list; what matches stays until `switchTo`. */
  accept(signed: SignedManifest): void {
    this.#remember(signed);
    this.#moveHead(signed, null, signed.bytes);
  }

  /** Takes a verified manifest after which this node holds nothing of the list, and deletes it at once. */
  withdraw(signed: SignedManifest, why: Withdrawal): void {
    this.#moveHead(signed, why, null);
    this.#revision += 1;
    while (this.collect());
  }

  /** Forgets a list altogether (its authority is trusted no more). */
  forget(authority: string, name: string): void {
    this.#changing(() => {
      this.#sql.dropKeysOf.run(authority, name);
      const row = this.#row(authority, name);
      this.#sql.dropLayersOf.run(row?.id ?? -1);
      this.#sql.dropList.run(row?.id ?? -1);
    });
    this.#manifests.delete(`${authority}/${name}`);
    this.#revision += 1;
    while (this.collect());
  }

  /** Gives a pending version up; what matches stays. */
  dropPending(authority: string, name: string): void {
    this.#sql.dropPending.run(authority, name);
  }

  hasLayer(authority: string, name: string, indexSha256: string): boolean {
    return this.#layerId(authority, name, indexSha256) !== null;
  }

  /** Writes down which chunks a layer consists of, before they are fetched. */
  stageLayer(authority: string, name: string, indexSha256: string, index: ChunkIndex): void {
    this.#changing(() => {
      const list = this.#row(authority, name)?.id;
      if (list === undefined) throw new Fault('list/unknown', 'no manifest of this list was accepted');
      const layer = this.#sql.insertLayer.run(list, indexSha256, index.prefixBits).lastInsertRowid;
      for (const [ordinal, chunk] of index.chunks.entries()) {
        this.#sql.insertLayerChunk.run(layer, ordinal, chunk.sha256, chunk.bytes, chunk.records);
      }
    });
  }

  /** The chunks of a staged layer that still have to be fetched, and the layer's prefix length. */
  missingChunks(authority: string, name: string, indexSha256: string): { prefixBits: number; chunks: MissingChunk[] } {
    const layer = this.#knownLayer(authority, name, indexSha256);
    const chunks = this.#sql.missingChunks.all(layer.id);
    return { prefixBits: layer.prefix_bits, chunks };
  }

  /**
   * Stores one chunk, whose records were checked, in one transaction. Storing it again changes nothing.
   * It does not wait for the disk: what a power cut takes is fetched again, and the switch, which does wait, makes all that was
   * written before it durable too (one log, written in order).
   */
  addChunk(sha256: Uint8Array, prefixBits: number, chunk: CheckedChunk): void {
    const { bytes, starts } = chunk;
    const bucketBits = Math.min(8, Math.max(0, Math.ceil(Math.log2(starts.length / recordsPerBucket))));
    const filter = buildKeyFilter(bytes, starts);
    this.#guarded(() =>
      this.#withoutWaiting(() => {
        const inserted = this.#sql.insertChunk.run(sha256, bucketBits, filter);
        if (inserted.changes === 0) return;
        const firstBucket = Number(inserted.lastInsertRowid) * bucketsPerChunk;
        for (const { bucket, records } of bucketsOf(chunk, prefixBits, bucketBits)) {
          this.#sql.insertBucket.run(firstBucket + bucket, records);
        }
      }),
    );
  }

  /** Writes the next part of what a start reads of a layer whose chunks are all here; `false` when there is none left. */
  addPart(authority: string, name: string, indexSha256: string): boolean {
    const layer = this.#knownLayer(authority, name, indexSha256);
    return this.#guarded(() => {
      const { parts = 0 } = this.#sql.partsOf.get(layer.id) ?? {};
      const first = parts * chunksPerPart;
      const expected = Math.min(chunksPerPart, 2 ** layer.prefix_bits - first);
      if (expected <= 0) return false;
      const chunks = this.#sql.chunksFrom.all(layer.id, first, first + chunksPerPart);
      if (chunks.length !== expected) throw new Fault('list/incomplete', 'a chunk of a layer is missing');
      const { heads, filters } = packPart(chunks);
      this.#withoutWaiting(() => this.#sql.insertPart.run(layer.id, parts, heads, filters));
      return true;
    });
  }

  /** Lets the pending version match from now on. Throws `list/incomplete` when it is not all here. */
  switchTo(signed: SignedManifest): void {
    const { manifest } = signed;
    if (manifest.state !== 'active') throw new Fault('list/incomplete', 'a revoked list has no version to match');
    this.#changing(() => {
      const pending = this.#row(manifest.authority, manifest.list)?.pending;
      if (!pending?.equals(signed.bytes)) throw new Fault('list/incomplete', 'this version is not the pending one');
      for (const { index } of layersOf(manifest)) {
        this.#expectNoneMissing(manifest.authority, manifest.list, index.sha256);
      }
      this.#sql.switchTo.run(manifest.authority, manifest.list);
    });
    this.#revision += 1;
  }

  /** A layer of a complete version, read into memory. */
  layer(authority: string, name: string, indexSha256: string): StoredLayer {
    const key = `${authority}/${name}/${indexSha256}`;
    const known = this.#read.get(key);
    this.#read.delete(key);
    return known ?? this.#guarded(() => this.#layerOnDisk(this.#knownLayer(authority, name, indexSha256)));
  }

  /** The records of one bucket of a chunk. Throws `list/database-damaged`. */
  bucket(chunkId: number, bucket: number): readonly SealedEntry[] {
    return this.#guarded(() => {
      const row = this.#sql.bucket.get(chunkId * bucketsPerChunk + bucket);
      if (row === undefined) return [];
      return decodeRecords(row.records) ?? this.#damaged('a bucket does not end where its records end');
    });
  }

  putWrappedKey(list: ListIdentity, jwe: string): void {
    this.#sql.putWrappedKey.run(list.authority, list.list, list.generation, jwe);
    this.#revision += 1;
  }

  wrappedKeys(): (ListIdentity & { readonly jwe: string })[] {
    return this.#sql.wrappedKeys.all();
  }

  /** Deletes a small part of what no version needs, in a short transaction; tells whether there may be more. */
  collect(): boolean {
    return this.#guarded(() =>
      this.#changing(() => {
        this.#dropUnusedLayers();
        this.#dropOldKeys();
        const unused = this.#sql.unusedChunks.all(chunksPerCollection);
        for (const { id } of unused) {
          this.#sql.dropBuckets.run(id * bucketsPerChunk, (id + 1) * bucketsPerChunk);
          this.#sql.dropChunk.run(id);
        }
        return unused.length === chunksPerCollection;
      }),
    );
  }

  #stored(row: ListRow): StoredList {
    const active = row.manifest === null ? null : this.#manifestOf(row, row.manifest).manifest;
    return {
      authority: row.authority,
      list: row.name,
      accepted: { generation: row.accepted_generation, version: row.accepted_version, sha256: row.accepted_sha256 },
      withdrawn: row.withdrawn,
      pending: row.pending === null ? null : this.#manifestOf(row, row.pending),
      active: active?.state === 'active' ? active : null,
    };
  }

  #indexesNamedBy(row: ListRow, signed: Buffer | null): string[] {
    if (signed === null) return [];
    const { manifest } = this.#manifestOf(row, signed);
    return manifest.state === 'active' ? layersOf(manifest).map((layer) => layer.index.sha256) : [];
  }

  /** A stored manifest; the last two of each list are remembered, because reading one costs more than everything around it. */
  #manifestOf({ authority, name }: Pick<ListRow, 'authority' | 'name'>, bytes: Buffer): SignedManifest {
    const known = this.#manifests.get(`${authority}/${name}`)?.find((one) => one.bytes.equals(bytes));
    return known ?? this.#remember(parseManifest(bytes));
  }

  #remember(signed: SignedManifest): SignedManifest {
    const name = `${signed.manifest.authority}/${signed.manifest.list}`;
    this.#manifests.set(name, [signed, ...(this.#manifests.get(name) ?? [])].slice(0, 2));
    return signed;
  }

  /** Damage ends the use of this store; the next opening sets the file aside. */
  #guarded<T>(use: () => T): T {
    try {
      return use();
    } catch (error) {
      if (!isDamaged(error)) throw error;
      return this.#damaged('SQLite cannot read it', error);
    }
  }

  #damaged(what: string, cause?: unknown): never {
    this.#onDamaged();
    throw new Fault('list/database-damaged', `the list database is damaged: ${what}`, { cause });
  }

  /**
   * One transaction that waits at its beginning until it may write. One that has read before it writes is refused by SQLite without
   * any waiting when another connection writes just then.
   */
  #changing<T>(change: () => T): T {
    return this.#database.transaction(change).immediate();
  }

  #withoutWaiting(write: () => void): void {
    const before = this.#database.pragma('synchronous', { simple: true });
    if (before === 2) this.#database.pragma('synchronous = NORMAL');
    try {
      this.#changing(write);
    } finally {
      if (before === 2) this.#database.pragma('synchronous = FULL');
    }
  }

  #dropUnusedLayers(): void {
    for (const row of this.#sql.lists.all()) {
      const needed = new Set([row.manifest, row.pending].flatMap((signed) => this.#indexesNamedBy(row, signed)));
      for (const layer of this.#sql.layersOf.all(row.id)) {
        if (!needed.has(layer.index_sha256)) this.#sql.dropLayer.run(layer.id);
      }
    }
  }

  /** Keys of generations before the one that matches, and of lists that this node holds no more. */
  #dropOldKeys(): void {
    for (const list of this.lists()) {
      const oldest = list.active?.generation ?? (list.withdrawn === null ? 0 : list.accepted.generation + 1);
      this.#sql.dropKeysBefore.run(list.authority, list.list, oldest);
    }
  }

  #moveHead({ manifest, sha256 }: SignedManifest, withdrawn: Withdrawal | null, pending: Buffer | null): void {
    this.#sql.moveHead.run({
      authority: manifest.authority,
      list: manifest.list,
      generation: manifest.generation,
      version: manifest.version,
      sha256,
      issuedMs: Date.parse(manifest.issued),
      withdrawn,
      pending,
    });
  }

  #row(authority: string, name: string): ListRow | undefined {
    return this.#sql.list.get(authority, name);
  }

  #layOut(): void {
    const isNew = this.#database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'list'").get() === undefined;
    const layout = this.#database.pragma('user_version', { simple: true });
    if (!isNew && layout !== listLayout) {
      throw new Fault('list/other-layout', `the list database has layout ${layout}, not ${listLayout}`);
    }
    // A file that is as it must be is not written to: the disk may be full.
    this.#database.exec(`BEGIN; ${listTables} ${isNew ? `PRAGMA user_version = ${listLayout};` : ''} COMMIT`);
  }

  /** Throws `list/incomplete` unless the whole layer is here. */
  #expectNoneMissing(authority: string, name: string, indexSha256: string): void {
    const layer = this.#knownLayer(authority, name, indexSha256);
    const { count = 0 } = this.#sql.missingCount.get(layer.id) ?? {};
    if (count > 0) throw new Fault('list/incomplete', `${count} chunks are missing`);
    const { parts = 0 } = this.#sql.partsOf.get(layer.id) ?? {};
    if (parts < 2 ** layer.prefix_bits / chunksPerPart)
      throw new Fault('list/incomplete', 'a part of a layer is missing');
  }

  #layerOnDisk({ id, prefix_bits }: LayerRow): StoredLayer {
    const { filterBytes } = this.#sql.partsOf.get(id) ?? {};
    const layer = joinParts(prefix_bits, filterBytes ?? 0, this.#sql.readParts.iterate(id));
    if (layer === null) throw new Fault('list/incomplete', 'a part of a matching version is gone');
    return layer;
  }

  #knownLayer(authority: string, name: string, indexSha256: string): LayerRow {
    const layer = this.#layerId(authority, name, indexSha256);
    if (layer === null) throw new Fault('list/incomplete', 'a layer of a version is not here');
    return layer;
  }

  #layerId(authority: string, name: string, indexSha256: string): LayerRow | null {
    return this.#sql.layer.get(authority, name, indexSha256) ?? null;
  }
}

interface LayerRow {
  readonly id: number;
  readonly prefix_bits: number;
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
