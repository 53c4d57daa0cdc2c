/** Bits an entry takes: at 16 bits and 8 probes a filter holds 0.06 % of strangers for members (Bloom, 1970). */
const bitsPerEntry = 16;
const probes = 8;

/**
 * A Bloom filter over look-up keys, one for each chunk, so that nearly all look-ups end in memory. It is made by the node
 * and never travels. Look-up keys are uniformly distributed already, so their own words serve as hashes.
 */
export function buildKeyFilter(lookups: readonly Buffer[]): Buffer {
  const filter = Buffer.alloc(Math.ceil((lookups.length * bitsPerEntry) / 8));
  for (const lookup of lookups) {
    let hash = lookup.readInt32BE(4);
    const step = lookup.readInt32BE(8) | 1;
    for (let probe = 0; probe < probes; probe += 1) {
      const bit = bitOf(hash, filter);
      filter[bit >>> 3] = (filter[bit >>> 3] ?? 0) | (1 << (bit & 7));
      hash = (hash + step) | 0;
    }
  }
  return filter;
}

/** Whether a look-up key, given as its first words, may be in the chunk; `false` is certain. */
export function mayHold(filter: Uint8Array, word1: number, word2: number): boolean {
  let hash = word1;
  const step = word2 | 1;
  for (let probe = 0; probe < probes; probe += 1) {
    const bit = bitOf(hash, filter);
    if (((filter[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
    hash = (hash + step) | 0;
  }
  return true;
}

/** Scales a hash to a bit of the filter without the bias and cost of a remainder. */
function bitOf(hash: number, filter: Uint8Array): number {
  return Math.floor(((hash >>> 0) * filter.length * 8) / 2 ** 32);
}
