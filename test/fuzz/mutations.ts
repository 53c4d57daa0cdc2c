/** Numbers in [0, 1) that one seed repeats everywhere (Mulberry32). */
export type Random = () => number;

export function randomFrom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number below `below`. */
export function wholeBelow(random: Random, below: number): number {
  return Math.floor(random() * below);
}

type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

const edges = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];
const at = (bytes: Buffer, random: Random) => wholeBelow(random, Math.max(1, bytes.length));

/** What a wire, a disk or an attacker does to a message. */
const mutations: readonly Mutation[] = [
  function flipBit(bytes, random) {
    const altered = Buffer.from(bytes);
    const where = at(bytes, random);
    if (where < altered.length) altered[where] = (altered[where] ?? 0) ^ (1 << wholeBelow(random, 8));
    return altered;
  },
  function setByte(bytes, random) {
    const altered = Buffer.from(bytes);
    const where = at(bytes, random);
    if (where < altered.length) altered[where] = wholeBelow(random, 256);
    return altered;
  },
  function cut(bytes, random) {
    return bytes.subarray(0, at(bytes, random));
  },
  function lengthen(bytes, random) {
    return Buffer.concat([bytes, Buffer.alloc(1 + wholeBelow(random, 64), wholeBelow(random, 256))]);
  },
  function removePiece(bytes, random) {
    const from = at(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + wholeBelow(random, 40))]);
  },
  function repeatPiece(bytes, random) {
    const from = at(bytes, random);
    const until = from + 1 + wholeBelow(random, 120);
    return Buffer.concat([bytes.subarray(0, until), bytes.subarray(from)]);
  },
  function swapPieces(bytes, random) {
    const [first = 0, second = 0, third = 0] = [at(bytes, random), at(bytes, random), at(bytes, random)].sort(
      (a, b) => a - b,
    );
    const pieces = [
      bytes.subarray(0, first),
      bytes.subarray(second, third),
      bytes.subarray(first, second),
      bytes.subarray(third),
    ];
    return Buffer.concat(pieces);
  },
  function splice(bytes, random, other) {
    const from = at(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), other.subarray(Math.min(from, other.length))]);
  },
  function edgeNumber(bytes, random) {
    const altered = Buffer.from(bytes);
    const value = edges[wholeBelow(random, edges.length)] ?? 0;
    const width = value > 0xffff ? 4 : value > 0xff ? 2 : 1;
    if (altered.length >= width) altered.writeUIntBE(value, wholeBelow(random, altered.length - width + 1), width);
    return altered;
  },
  function digit(bytes, random) {
    // Numbers in JSON: another digit, a sign, an exponent.
    const altered = Buffer.from(bytes);
    const start = at(bytes, random);
    const found = altered.findIndex((byte, index) => index >= start && byte >= 0x30 && byte <= 0x39);
    if (found >= 0) altered[found] = '0123456789-eE.'.charCodeAt(wholeBelow(random, 14));
    return altered;
  },
];

/** A message with one to four things done to it. */
export function mutated(message: Buffer, random: Random, other: Buffer): Buffer {
  let bytes = message;
  for (let left = 1 + wholeBelow(random, 4); left > 0; left -= 1) {
    bytes = mutations[wholeBelow(random, mutations.length)]?.(bytes, random, other) ?? bytes;
  }
  return bytes;
}
