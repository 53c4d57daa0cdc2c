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

/** Packs one part after another into the same memory: side by side, the parts of a long list would cost a node more than the list. */
export class PartPacker {
  #filters = Buffer.alloc(0);

  /** What it returns is valid until the next call. */
  pack(chunks: Iterable<StoredChunk>): LayerPart & { readonly chunks: number } {
    const heads: number[] = [];
    let bytes = 0;
    for (const { id, bucketBits, filter } of chunks) {
      heads.push(id, bucketBits, filter.length);
      if (bytes + filter.length > this.#filters.length) this.#grow(bytes + filter.length, bytes);
      this.#filters.set(filter, bytes);
      bytes += filter.length;
    }
    const packed = Buffer.alloc(heads.length * 4);
    for (const [at, head] of heads.entries()) packed.writeUInt32BE(head, at * 4);
    return { heads: packed, filters: this.#filters.subarray(0, bytes), chunks: packed.length / headBytes };
  }

  #grow(bytes: number, used: number): void {
    const larger = Buffer.allocUnsafe(Math.max(bytes, 2 * this.#filters.length));
    this.#filters.copy(larger, 0, 0, used);
    this.#filters = larger;
  }
}

/** Joins a layer's parts, which come in order. */
export class StoredLayerBuilder {
  readonly #layer: StoredLayer;
  #chunks = 0;
  #bytes = 0;

  constructor(prefixBits: number, filterBytes: number) {
    const count = 2 ** prefixBits;
    this.#layer = {
      prefixBits,
      chunkIds: new Uint32Array(new SharedArrayBuffer(count * 4)),
      bucketBits: new Uint8Array(new SharedArrayBuffer(count)),
      filterStarts: new Uint32Array(new SharedArrayBuffer((count + 1) * 4)),
      filters: new Uint8Array(new SharedArrayBuffer(filterBytes)),
    };
  }

  /** `false` when there is more in it than belongs to the layer. */
  add({ heads, filters }: LayerPart): boolean {
    const { chunkIds, bucketBits, filterStarts, filters: all } = this.#layer;
    const tooLong = this.#chunks + heads.length / headBytes > chunkIds.length;
    if (tooLong || this.#bytes + filters.length > all.length) return false;
    all.set(filters, this.#bytes);
    for (let at = 0; at < heads.length; at += headBytes) {
      chunkIds[this.#chunks] = heads.readUInt32BE(at);
      bucketBits[this.#chunks] = heads.readUInt32BE(at + 4);
      this.#bytes += heads.readUInt32BE(at + 8);
      this.#chunks += 1;
      filterStarts[this.#chunks] = this.#bytes;
    }
    return true;
  }

  /** Null when what came is not the whole layer. */
  finished(): StoredLayer | null {
    const whole = this.#chunks === this.#layer.chunkIds.length && this.#bytes === this.#layer.filters.length;
    return whole ? this.#layer : null;
  }
}
