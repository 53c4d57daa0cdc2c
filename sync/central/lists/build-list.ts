import { createHash } from 'node:crypto';
import { Fault } from '../../../config/foundation/fault.ts';
import {
  chunkHeaderBytes,
  chunkTargetBytes,
  compareRecords,
  encodeChunk,
  mostPrefixBits,
  mostUnderOneKey,
  prefixOf,
  recordHeadBytes,
} from '../../lists/chunk.ts';
import { encodeIndex } from '../../lists/chunk-index.ts';
import type { ListEntry } from '../../lists/entry.ts';
import type { ListDescription } from '../../lists/list-description.ts';
import type { ActiveManifest, LayerReference } from '../../lists/manifest.ts';
import { ListSeal, type SealedEntry } from '../../lists/seal.ts';
import { foldedFormsOf } from '../../lists/wildcards.ts';

/** Where in its list's history a new version stands. */
export interface VersionPlace {
  readonly generation: number;
  readonly version: number;
  readonly predecessor: ActiveManifest['predecessor'];
  readonly issuedMs: number;
}

export interface BuiltList {
  readonly manifest: ActiveManifest;
  /** Content by SHA-256 in hex. */
  readonly blobs: ReadonlyMap<string, Buffer>;
}

/** Gathers the sealed records of one version. */
export class ListBuilder {
  readonly #seal: ListSeal;
  readonly #description: ListDescription;
  readonly #place: VersionPlace;
  readonly #records: SealedEntry[] = [];

  constructor(description: ListDescription, listKey: Uint8Array, place: VersionPlace) {
    const { authority, list } = description;
    this.#seal = new ListSeal(listKey, { authority, list, generation: place.generation });
    this.#description = description;
    this.#place = place;
  }

  add(entry: ListEntry): void {
    for (const folded of foldedFormsOf(entry.text)) this.#records.push(this.#seal.seal(folded, entry));
  }

  /** Throws `list/too-many-alike` when one plate is listed too often, `list/too-large` beyond the format's bounds. */
  finish(): BuiltList {
    const records = withoutRepeats(this.#records.sort(compareRecords));
    const { blobs, layer } = layerOf(records, this.#place.version);
    const { validity, ...terms } = this.#description;
    const { issuedMs, ...place } = this.#place;
    const fromMs = validity.from === undefined ? issuedMs : Date.parse(validity.from);
    const untilMs = 'until' in validity ? Date.parse(validity.until) : fromMs + validity.days * 86_400_000;
    const manifest: ActiveManifest = {
      format: 1,
      state: 'active',
      ...terms,
      ...place,
      issued: new Date(issuedMs).toISOString(),
      validFrom: new Date(fromMs).toISOString(),
      validUntil: new Date(untilMs).toISOString(),
      entries: records.length,
      keyCheck: this.#seal.keyCheck,
      snapshot: layer,
      deltas: [],
      mirrors: [],
    };
    return { manifest, blobs };
  }
}

function withoutRepeats(sorted: readonly SealedEntry[]): SealedEntry[] {
  const distinct = sorted.filter((record, index) => {
    const before = sorted[index - 1];
    return before === undefined || compareRecords(before, record) !== 0;
  });
  for (let index = mostUnderOneKey; index < distinct.length; index += 1) {
    if (distinct[index - mostUnderOneKey]?.lookup.equals(distinct[index]?.lookup ?? Buffer.alloc(0))) {
      throw new Fault('list/too-many-alike', `one plate is listed more than ${mostUnderOneKey} times`);
    }
  }
  return distinct;
}

/** Cuts sorted records into 2^n chunks with the least n that keeps every chunk small. */
function layerOf(
  records: readonly SealedEntry[],
  version: number,
): { blobs: Map<string, Buffer>; layer: LayerReference } {
  for (let prefixBits = 0; prefixBits <= mostPrefixBits; prefixBits += 1) {
    const chunks = chunksOf(records, prefixBits);
    if (chunks === null) continue;
    const references = chunks.map(({ bytes, records }) => ({ sha256: sha256(bytes), bytes: bytes.length, records }));
    const index = encodeIndex({ prefixBits, chunks: references });
    const blobs = new Map(chunks.map(({ bytes }) => [sha256(bytes).toString('hex'), bytes]));
    blobs.set(sha256(index).toString('hex'), index);
    const layer = {
      version,
      index: { sha256: sha256(index).toString('hex'), bytes: index.length },
      records: records.length,
      bytes: references.reduce((sum, chunk) => sum + chunk.bytes, 0),
    };
    return { blobs, layer };
  }
  throw new Fault('list/too-large', 'the list is larger than its format allows');
}

function chunksOf(records: readonly SealedEntry[], prefixBits: number): { bytes: Buffer; records: number }[] | null {
  const groups: SealedEntry[][] = Array.from({ length: 2 ** prefixBits }, () => []);
  const sizes = new Uint32Array(groups.length);
  for (const record of records) {
    const ordinal = prefixOf(record.lookup, prefixBits);
    groups[ordinal]?.push(record);
    sizes[ordinal] = (sizes[ordinal] ?? 0) + recordHeadBytes + record.sealed.length;
    if ((sizes[ordinal] ?? 0) > chunkTargetBytes - chunkHeaderBytes) return null;
  }
  return groups.map((group, ordinal) => ({
    bytes: encodeChunk({ prefixBits, ordinal, removals: false }, group),
    records: group.length,
  }));
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
