import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Fault } from '../../../config/foundation/fault.ts';
import type { ListIdentity } from '../../lists/sealing/seal.ts';

const nonceBytes = 12;
const tagBytes = 16;

/**
 * The centre's own note of which plates a chunk's records stand for, encrypted under the list key: a list can then be compared and given
 * a new key without its first file. It never travels. A file holds nonce, tag, then for each record its length (u8) and plate.
 */
export class PlatesCipher {
  readonly #key: Buffer;

  constructor(listKey: Uint8Array, { authority, list, generation }: ListIdentity) {
    const info = `hazeldonk list v1 plates ${authority}/${list}/${generation}`;
    this.#key = Buffer.from(hkdfSync('sha256', listKey, '', info, 32));
  }

  encrypt(plates: readonly Buffer[]): Buffer {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    const plain = Buffer.concat(plates.flatMap((plate) => [Buffer.of(plate.length), plate]));
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), body]);
  }

  /** Throws `list-folder/damaged`. */
  decrypt(bytes: Buffer): Buffer[] {
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, nonceBytes));
      decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      const plain = Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]);
      const plates: Buffer[] = [];
      for (let at = 0; at < plain.length; at += 1 + (plain[at] ?? 0))
        plates.push(plain.subarray(at + 1, at + 1 + (plain[at] ?? 0)));
      return plates;
    } catch (cause) {
      throw new Fault('list-folder/damaged', 'the plates of a chunk cannot be read; build the list anew', { cause });
    }
  }
}
