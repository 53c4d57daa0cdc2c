import { Fault } from '../../../config/foundation/fault.ts';
import type { HashedTexts } from './hashed-texts.ts';
import { initialState, roundConstants } from './sha256-constants.ts';

const schedule = new Int32Array(64);
const innerState = new Int32Array(8);
const outerState = new Int32Array(8);

/**
 * HMAC-SHA256 (RFC 2104, FIPS 180-4) of short ASCII texts under one key, with both key blocks hashed once in advance.
 *
 * node:crypto pays about 4 µs of set-up a call, which alone would take 2 ms for 64 spellings in 8 lists; this pays
 * under 1 µs. SHA-256 has no secret-dependent branch or table index, so it leaks no more by time than native code.
 */
export class KeyedHash {
  readonly #inner = new Int32Array(8);
  readonly #outer = new Int32Array(8);

  constructor(key: Uint8Array) {
    if (key.length !== 32) throw new Fault('list/bad-key', 'a list key has 32 bytes');
    absorbKey(key, 0x36, this.#inner);
    absorbKey(key, 0x5c, this.#outer);
  }

  /** The eight words of the digest, valid until the next call of any KeyedHash. */
  words(text: string): Int32Array {
    const length = text.length;
    if (length > 55) throw new Fault('list/text-too-long', 'only texts of one hash block are hashed here');
    schedule.fill(0, 0, 16);
    for (let index = 0; index < length; index += 1) setByte(index, text.charCodeAt(index) & 0xff);
    setByte(length, 0x80);
    schedule[15] = (64 + length) * 8;
    compress(this.#inner, innerState);
    return this.#outerWords();
  }

  /** The digests of all texts at once, several times as fast; valid until the next call for these texts. */
  digestsOf(texts: HashedTexts): void {
    texts.digestUnder(this.#inner, this.#outer);
  }

  /** The first `bytes` of the digest, a multiple of four. */
  digest(text: string, bytes = 32): Buffer {
    return bytesOf(this.words(text), bytes);
  }

  /** The same of a message of any length. */
  digestOfBytes(message: Uint8Array, bytes = 32): Buffer {
    innerState.set(this.#inner);
    const blocks = Math.ceil((message.length + 9) / 64);
    for (let block = 0; block < blocks; block += 1) {
      setBlock(message, block * 64);
      if (block === blocks - 1) schedule[15] = (64 + message.length) * 8;
      compress(innerState, innerState);
    }
    return bytesOf(this.#outerWords(), bytes);
  }

  /** The outer hash of the inner one. */
  #outerWords(): Int32Array {
    schedule.set(innerState);
    schedule[8] = 0x8000_0000 | 0;
    schedule.fill(0, 9, 15);
    schedule[15] = (64 + 32) * 8;
    compress(this.#outer, outerState);
    return outerState;
  }
}

function absorbKey(key: Uint8Array, mask: number, into: Int32Array): void {
  schedule.fill(0, 0, 16);
  for (let index = 0; index < 64; index += 1) setByte(index, (key[index] ?? 0) ^ mask);
  compress(initialState, into);
}

function setByte(index: number, byte: number): void {
  schedule[index >> 2] = (schedule[index >> 2] ?? 0) | (byte << (24 - 8 * (index & 3)));
}

/** A block of a message; behind its end the end mark and zeros. */
function setBlock(message: Uint8Array, from: number): void {
  schedule.fill(0, 0, 16);
  for (let index = 0; index < 64 && from + index < message.length; index += 1) {
    setByte(index, message[from + index] ?? 0);
  }
  const end = message.length - from;
  if (end >= 0 && end < 64) setByte(end, 0x80);
}

function bytesOf(words: Int32Array, bytes: number): Buffer {
  const digest = Buffer.allocUnsafe(bytes);
  for (let at = 0; at < bytes; at += 4) digest.writeInt32BE(words[at / 4] ?? 0, at);
  return digest;
}

/** One SHA-256 block, taken from `schedule`; the two states may be one. Every index is in range, hence the casts; plain variables keep it fast. */
function compress(from: Int32Array, into: Int32Array): void {
  let a = from[0] as number;
  let b = from[1] as number;
  let c = from[2] as number;
  let d = from[3] as number;
  let e = from[4] as number;
  let f = from[5] as number;
  let g = from[6] as number;
  let h = from[7] as number;
  for (let i = 16; i < 64; i += 1) {
    const x = schedule[i - 15] as number;
    const y = schedule[i - 2] as number;
    const small0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const small1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    schedule[i] = small0 + (schedule[i - 7] as number) + small1 + (schedule[i - 16] as number);
  }
  for (let i = 0; i < 64; i += 1) {
    const big1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + big1 + ((e & f) ^ (~e & g)) + (roundConstants[i] as number) + (schedule[i] as number)) | 0;
    const big0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  into[0] = (from[0] as number) + a;
  into[1] = (from[1] as number) + b;
  into[2] = (from[2] as number) + c;
  into[3] = (from[3] as number) + d;
  into[4] = (from[4] as number) + e;
  into[5] = (from[5] as number) + f;
  into[6] = (from[6] as number) + g;
  into[7] = (from[7] as number) + h;
}
