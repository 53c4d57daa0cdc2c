import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Fault } from '../../../config/foundation/fault.ts';

const tagBytes = 16;

/**
 * A file that only the object which wrote it can read: the key is in memory alone and ends with the process, so what a killed build
 * leaves on disk tells nobody which plates are listed. It holds, for each block, its bytes in AES-256-GCM and the tag.
 */
export class SpillFile {
  /** Never used for another file, so a block's number may be its nonce, and no block can stand in another's place. */
  readonly #key = randomBytes(32);
  readonly #blockBytes: number[] = [];
  readonly #path: string;
  readonly #descriptor: number;

  /** The file must not be there yet; its folder is made. Throws `list/no-spill`. */
  constructor(path: string) {
    this.#path = path;
    this.#descriptor = this.#written(() => {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      return openSync(path, 'wx+', 0o600);
    });
  }

  /** Throws `list/no-spill`, after which the file is of no more use. */
  append(block: Buffer): void {
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonceOf(this.#blockBytes.length));
    const encrypted = Buffer.concat([cipher.update(block), cipher.final(), cipher.getAuthTag()]);
    this.#written(() => writeFileSync(this.#descriptor, encrypted));
    this.#blockBytes.push(block.length);
  }

  /** The blocks in the order in which they were appended. Throws `list/spill-damaged`. */
  read(): Buffer[] {
    let at = 0;
    return this.#blockBytes.map((length, number) => {
      const encrypted = Buffer.allocUnsafe(length + tagBytes);
      readSync(this.#descriptor, encrypted, 0, encrypted.length, at);
      at += encrypted.length;
      return this.#decrypt(encrypted, number);
    });
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #written<T>(write: () => T): T {
    try {
      return write();
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      throw new Fault(
        'list/no-spill',
        `what has no room in memory cannot be written to ${dirname(this.#path)} (${code}); make room there and begin again`,
        { cause },
      );
    }
  }

  #decrypt(encrypted: Buffer, number: number): Buffer {
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonceOf(number));
    decipher.setAuthTag(encrypted.subarray(-tagBytes));
    const block = decipher.update(encrypted.subarray(0, -tagBytes));
    try {
      decipher.final();
    } catch (cause) {
      throw new Fault('list/spill-damaged', 'what this build had put on disk was altered; begin it again', { cause });
    }
    return block;
  }
}

function nonceOf(number: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(number, 8);
  return nonce;
}
