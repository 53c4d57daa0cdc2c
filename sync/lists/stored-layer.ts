/**
 * What matching keeps in memory of a layer: where each chunk's buckets lie, and a filter over its look-up keys. The arrays lie in
 * shared memory, so that a thread that reads a layer from the disk can hand it over as it is.
 */
export interface StoredLayer {
  readonly prefixBits: number;
  readonly chunkIds: Uint32Array;
  readonly bucketBits: Uint8Array;
  /** The filters one behind the other; the filter of chunk n lies from `filterStarts[n]` to `filterStarts[n + 1]`. */
  readonly filterStarts: Uint32Array;
  readonly filters: Uint8Array;
}

/** A chunk as the database has it: its filter is made by the node, see key-filter.ts. */
export interface StoredChunk {
  readonly id: number;
  readonly bucketBits: number;
  readonly filter: Uint8Array;
}

/**
 * A part of a layer as it lies on disk: of each chunk its id, bucket bits and the length of its filter (big-endian, 4 bytes each),
 * and all filters in the same order.
 */
export interface LayerPart {
  readonly heads: Buffer;
  readonly filters: Buffer;
}

const headBytes = 12;
/** Chunks in one part: so many that a part takes about a megabyte. */
export const chunksPerPart = 128;

export function packPart(chunks: readonly StoredChunk[]): LayerPart {
  const heads = Buffer.alloc(chunks.length * headBytes);
  for (const [index, chunk] of chunks.entries()) {
    heads.writeUInt32BE(chunk.id, index * headBytes);
    heads.writeUInt32BE(chunk.bucketBits, index * headBytes + 4);
    heads.writeUInt32BE(chunk.filter.length, index * headBytes + 8);
  }
  return { heads, filters: Buffer.concat(chunks.map((chunk) => chunk.filter)) };
}

/** Joins a layer's parts, given in order; null when they are not the whole layer. */
export function joinParts(prefixBits: number, filterBytes: number, parts: Iterable<LayerPart>): StoredLayer | null {
  const count = 2 ** prefixBits;
  const chunkIds = new Uint32Array(new SharedArrayBuffer(count * 4));
  const bucketBits = new Uint8Array(new SharedArrayBuffer(count));
  const filterStarts = new Uint32Array(new SharedArrayBuffer((count + 1) * 4));
  const filters = new Uint8Array(new SharedArrayBuffer(filterBytes));
  let chunk = 0;
  let begin = 0;
  for (const { heads, filters: own } of parts) {
    if (chunk + heads.length / headBytes > count || begin + own.length > filterBytes) return null;
    filters.set(own, begin);
    for (let at = 0; at < heads.length; at += headBytes, chunk += 1) {
      chunkIds[chunk] = heads.readUInt32BE(at);
      bucketBits[chunk] = heads.readUInt32BE(at + 4);
      begin += heads.readUInt32BE(at + 8);
      filterStarts[chunk + 1] = begin;
    }
  }
  return chunk === count && begin === filterBytes ? { prefixBits, chunkIds, bucketBits, filterStarts, filters } : null;
}
