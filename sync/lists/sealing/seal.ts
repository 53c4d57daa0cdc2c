import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { Fault } from '../../../config/foundation/fault.ts';
import { canonicalJson } from '../canonical-json.ts';
import { type ListEntry, listEntrySchema } from '../entry.ts';
import type { HashedTexts } from './hashed-texts.ts';
import { KeyedHash } from './keyed-hash.ts';

/**
 * 128 bits: among 10 million entries two different plates share a key with probability 10^-25, and a stranger's guess
 * meets one no sooner than he guesses the list key.
 */
export const lookupKeyBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;
const sealedFrom = nonceBytes + tagBytes;
/** Details are padded with spaces to this multiple, so that lengths tell little. */
const paddingBytes = 32;
/** The most a sealed entry may take on the wire. */
export const mostSealedBytes = 4096;

export interface ListIdentity {
  readonly authority: string;
  readonly list: string;
  readonly generation: number;
}

/** One entry as it travels and lies on disk: nothing in it can be read without having seen the plate and the list key. */
export interface SealedEntry {
  readonly lookup: Buffer;
  readonly sealed: Buffer;
}

/**
 * Seals and opens the entries of one list generation.
 *
 * The look-up key is one-way even for a holder of the list key, and the details need the folded plate itself, so a node
 * opens only the entries whose plates it has seen. Sealing is deterministic: the nonce is a keyed hash of what is
 * sealed, so an unchanged entry keeps its bytes from version to version, and no nonce repeats for different details.
 */
export class ListSeal {
  readonly #lookup: KeyedHash;
  readonly #details: KeyedHash;
  readonly #nonces: KeyedHash;
  /** Tells whether a node unwrapped the key that the manifest means, without telling the key. */
  readonly keyCheck: string;

  constructor(listKey: Uint8Array, list: ListIdentity) {
    if (listKey.length !== 32) throw new Fault('list/bad-key', 'a list key has 32 bytes');
    const derive = (use: string): Buffer => {
      const info = `hazeldonk list v1 ${use} ${list.authority}/${list.list}/${list.generation}`;
      return Buffer.from(hkdfSync('sha256', listKey, '', info, 32));
    };
    this.#lookup = new KeyedHash(derive('lookup'));
    this.#details = new KeyedHash(derive('details'));
    this.#nonces = new KeyedHash(derive('nonce'));
    this.keyCheck = derive('check').toString('hex', 0, 16);
  }

  /** Works out the look-up keys of all these texts: the first four words of each digest. */
  lookUpAll(folded: HashedTexts): void {
    this.#lookup.digestsOf(folded);
  }

  lookupKey(folded: string): Buffer {
    return this.#lookup.digest(folded, lookupKeyBytes);
  }

  seal(folded: string, entry: ListEntry): SealedEntry {
    const lookup = this.lookupKey(folded);
    const named = detailsUnder(lookup, canonicalJson(entry));
    const nonce = this.#nonces.digestOfBytes(named, nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#entryKey(folded), nonce);
    cipher.setAAD(lookup);
    const sealed = Buffer.allocUnsafe(sealedFrom + named.length - lookupKeyBytes);
    cipher.update(named.subarray(lookupKeyBytes)).copy(sealed, sealedFrom);
    // In this mode of the cipher nothing is left for the end.
    cipher.final();
    nonce.copy(sealed);
    cipher.getAuthTag().copy(sealed, nonceBytes);
    return { lookup, sealed };
  }

  /** The details of an entry under a plate, or null when they were not sealed by this key for this plate. */
  open(folded: string, sealed: Uint8Array): ListEntry | null {
    if (sealed.length < sealedFrom + 2 || sealed.length > mostSealedBytes) return null;
    const decipher = createDecipheriv('aes-256-gcm', this.#entryKey(folded), sealed.subarray(0, nonceBytes));
    decipher.setAAD(this.lookupKey(folded));
    decipher.setAuthTag(sealed.subarray(nonceBytes, sealedFrom));
    const body = decipher.update(sealed.subarray(sealedFrom));
    try {
      decipher.final();
    } catch {
      // Authentication failed, which is an ordinary answer here: altered bytes or another key.
      return null;
    }
    const entry = listEntrySchema.safeParse(jsonOf(body));
    return entry.success ? entry.data : null;
  }

  /** HKDF-Expand (RFC 5869) of one block with the folded plate as its information. */
  #entryKey(folded: string): Buffer {
    return this.#details.digest(`${folded}\x01`);
  }
}

/** Used again for every entry: a list has millions, and a buffer for each would cost more than sealing it. */
const room = Buffer.alloc(lookupKeyBytes + mostSealedBytes);

/** Look-up key and padded details, one behind the other; valid until the next call. Throws `list/entry-too-large`. */
function detailsUnder(lookup: Buffer, json: string): Buffer {
  const bytes = Buffer.byteLength(json);
  const end = lookupKeyBytes + Math.ceil(bytes / paddingBytes) * paddingBytes;
  if (sealedFrom + end - lookupKeyBytes > mostSealedBytes)
    throw new Fault('list/entry-too-large', 'an entry has too many details');
  lookup.copy(room);
  room.write(json, lookupKeyBytes);
  room.fill(' ', lookupKeyBytes + bytes, end);
  return room.subarray(0, end);
}

/** Authenticated bytes that are no JSON are a mistake of the centre; they list nothing and stop nothing. */
function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
