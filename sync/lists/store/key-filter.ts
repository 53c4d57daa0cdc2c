/**
 * Bits an entry takes, and how many of them are looked at: a filter holds some 15 in a million strangers for members (Bloom, 1970),
 * so that of 512 look-ups of a passage nearly never one goes to the disk for nothing.
 */
const bitsPerEntry = 24;
const probes = 12;

/**
 * A Bloom filter over the look-up keys of a chunk that begin at these places, so that nearly all look-ups end in memory. It is made
 * by the node and never travels. Look-up keys are uniformly distributed already, so their own words serve as hashes.
 */
export function buildKeyFilter(bytes: Buffer, starts: Uint32Array): Buffer {
  const filter = Buffer.alloc(Math.ceil((starts.length * bitsPerEntry) / 8));
  const bits = filter.length * 8;
  for (const start of starts) {
    let hash = bytes.readInt32BE(start + 4);
    const step = bytes.readInt32BE(start + 8) | 1;
    for (let probe = 0; probe < probes; probe += 1) {
      const bit = bitOf(hash, bits);
      filter[bit >>> 3] = (filter[bit >>> 3] ?? 0) | (1 << (bit & 7));
      hash = (hash + step) | 0;
    }
  }
  return filter;
}

/** Where a filter lies among others. */
export interface FilterPlace {
  readonly begin: number;
  readonly end: number;
}

/** Whether a look-up key, given as its second and third word, may be in the chunk; `false` is certain. */
export function mayHold(filters: Uint8Array, { begin, end }: FilterPlace, word1: number, word2: number): boolean {
  if (end === begin) return false;
  let hash = word1;
  const step = word2 | 1;
  const bits = (end - begin) * 8;
  for (let probe = 0; probe < probes; probe += 1) {
    const bit = bitOf(hash, bits);
    if (((filters[begin + (bit >>> 3)] ?? 0) & (1 << (bit & 7))) === 0) return false;
    hash = (hash + step) | 0;
  }
  return true;
}

/** Scales a hash to a bit of the filter without the bias and cost of a remainder. */
function bitOf(hash: number, bits: number): number {
  return Math.floor(((hash >>> 0) * bits) / 2 ** 32);
}
