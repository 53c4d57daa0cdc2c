import { createHash } from 'node:crypto';
import { Fault } from '../../../config/foundation/fault.ts';
import { chunkHeaderBytes, chunkTargetBytes, joinChunk, mostPrefixBits, prefixOf } from '../../lists/chunk.ts';
import { type ChunkReference, encodeIndex } from '../../lists/chunk-index.ts';
import type { LayerReference } from '../../lists/manifest.ts';
import type { ListedRecord } from './sealed-spill.ts';

/** Where a layer's content goes while it is made. */
export interface BlobSink {
  /** A blob under its SHA-256 in hex. */
  put(sha256: string, bytes: Buffer): void;
  /** The plates of a chunk's records, in their order; these stay at the centre. */
  putPlates(chunkSha256: string, plates: readonly Buffer[]): void;
}

/** Which bytes lie under each prefix of the longest length: decides into how many chunks a layer is cut. */
export class LayerSize {
  readonly #bytes = new Float64Array(2 ** mostPrefixBits);
  #records = 0;

  get records(): number {
    return this.#records;
  }

  count({ lookup, wire }: ListedRecord): void {
    const prefix = prefixOf(lookup, mostPrefixBits);
    this.#bytes[prefix] = (this.#bytes[prefix] ?? 0) + wire.length;
    this.#records += 1;
  }

  /** The least prefix length that keeps every chunk small. Throws `list/too-large` beyond the format's bounds. */
  prefixBits(): number {
    const room = chunkTargetBytes - chunkHeaderBytes;
    let bytes: Float64Array = this.#bytes;
    if (largest(bytes) > room) throw new Fault('list/too-large', 'the list is larger than its format allows');
    for (let bits = mostPrefixBits; bits > 0; bits -= 1) {
      const joined = inPairs(bytes);
      if (largest(joined) > room) return bits;
      bytes = joined;
    }
    return 0;
  }
}

function inPairs(bytes: Float64Array): Float64Array {
  const joined = new Float64Array(bytes.length / 2);
  for (let at = 0; at < bytes.length; at += 1) joined[at >> 1] = (joined[at >> 1] ?? 0) + (bytes[at] ?? 0);
  return joined;
}

function largest(bytes: Float64Array): number {
  let most = 0;
  for (let at = 0; at < bytes.length; at += 1) most = Math.max(most, bytes[at] ?? 0);
  return most;
}

/** Cuts sorted records into 2^n chunks and writes each as soon as it is full. */
export class LayerWriter {
  readonly #sink: BlobSink;
  readonly #prefixBits: number;
  readonly #chunks: ChunkReference[] = [];
  #open: ListedRecord[] = [];
  #records = 0;
  #bytes = 0;

  constructor(sink: BlobSink, prefixBits: number) {
    this.#sink = sink;
    this.#prefixBits = prefixBits;
  }

  /** Records come in the order of the format. */
  add(record: ListedRecord): void {
    const ordinal = prefixOf(record.lookup, this.#prefixBits);
    while (this.#chunks.length < ordinal) this.#closeChunk();
    this.#open.push(record);
  }

  /** Frees what the records share memory with, as far as chunks are complete. */
  finish(version: number): LayerReference {
    while (this.#chunks.length < 2 ** this.#prefixBits) this.#closeChunk();
    const index = encodeIndex({ prefixBits: this.#prefixBits, chunks: this.#chunks });
    const sha256 = sha256Of(index).toString('hex');
    this.#sink.put(sha256, index);
    return { version, index: { sha256, bytes: index.length }, records: this.#records, bytes: this.#bytes };
  }

  #closeChunk(): void {
    const records = this.#open;
    this.#open = [];
    const position = { prefixBits: this.#prefixBits, ordinal: this.#chunks.length, removals: true };
    const bytes = joinChunk(
      position,
      records.map(({ wire }) => wire),
    );
    const sha256 = sha256Of(bytes);
    this.#sink.put(sha256.toString('hex'), bytes);
    this.#sink.putPlates(
      sha256.toString('hex'),
      records.map(({ plate }) => plate),
    );
    this.#chunks.push({ sha256, bytes: bytes.length, records: records.length });
    this.#records += records.length;
    this.#bytes += bytes.length;
  }
}

function sha256Of(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
