import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../../config/foundation/fault.ts';
import { compareRecords, mostUnderOneKey, recordHeadBytes } from '../../lists/chunk.ts';
import { lookupKeyBytes, type SealedEntry } from '../../lists/sealing/seal.ts';
import { SpillFile } from './spill-file.ts';

/** A sealed record and the plate under which it is sealed; the centre may know both. */
export interface ListedRecord extends SealedEntry {
  /** Folded, in ASCII; empty where nobody needs it. */
  readonly plate: Buffer;
  /** The record as it travels. */
  readonly wire: Buffer;
}

/** Parts by the first byte of the look-up key, which is uniformly distributed, so that parts come out even. */
export const parts = 256;
const usualBufferBytes = 64 * 1024;

/**
 * Sorts any number of sealed records in little memory: each goes into the part that its look-up key belongs to, parts
 * spill to disk, and one part at a time is read back and sorted (10 million entries make parts of about 7 MB). A record
 * is spilled beside its plate, hence encrypted.
 */
export class SealedSpill {
  readonly #folder: string;
  readonly #bufferBytes: number;
  readonly #parts: Part[] = [];
  #bytes = 0;

  /** The folder is made when it is needed, and removed by `close`; up to `bufferBytes` of each part stay in memory. */
  constructor(folder: string, bufferBytes = usualBufferBytes) {
    this.#folder = folder;
    this.#bufferBytes = bufferBytes;
  }

  /** Of all records as they travel. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Throws `list/no-spill`. */
  add({ lookup, sealed }: SealedEntry, plate: string | Buffer): void {
    const first = lookup[0] ?? 0;
    this.#parts[first] ??= new Part(join(this.#folder, `part-${first}`), this.#bufferBytes);
    this.#parts[first].append(lookup, sealed, typeof plate === 'string' ? Buffer.from(plate, 'latin1') : plate);
    this.#bytes += recordHeadBytes + sealed.length;
  }

  /** The distinct records of a part in the order of the format. Throws `list/too-many-alike`, `list/spill-damaged`. */
  part(first: number): ListedRecord[] {
    const part = this.#parts[first];
    return part === undefined ? [] : sortedDistinct(recordsOf(part.read()));
  }

  close(): void {
    for (const part of this.#parts) part?.close();
    this.#parts.length = 0;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A spill file behind a buffer; what fits the buffer never touches the disk. */
class Part {
  readonly #path: string;
  readonly #bufferBytes: number;
  #buffer = Buffer.alloc(0);
  #used = 0;
  #file: SpillFile | null = null;

  constructor(path: string, bufferBytes: number) {
    this.#path = path;
    this.#bufferBytes = bufferBytes;
  }

  append(lookup: Buffer, sealed: Buffer, plate: Buffer): void {
    const length = recordHeadBytes + sealed.length + 1 + plate.length;
    if (this.#used + length > this.#buffer.length) this.#makeRoom(length);
    const at = this.#used;
    lookup.copy(this.#buffer, at);
    this.#buffer.writeUInt16BE(sealed.length, at + lookupKeyBytes);
    sealed.copy(this.#buffer, at + recordHeadBytes);
    this.#buffer[at + recordHeadBytes + sealed.length] = plate.length;
    plate.copy(this.#buffer, at + recordHeadBytes + sealed.length + 1);
    this.#used = at + length;
  }

  read(): Buffer {
    return Buffer.concat([...(this.#file?.read() ?? []), this.#buffer.subarray(0, this.#used)]);
  }

  close(): void {
    this.#file?.close();
  }

  /** Small lists get small buffers; only a full one of the largest size is written out. */
  #makeRoom(length: number): void {
    const size = Math.max(length, Math.min(this.#bufferBytes, Math.max(1024, 4 * this.#buffer.length)));
    if (size > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(size);
      this.#buffer.copy(larger, 0, 0, this.#used);
      this.#buffer = larger;
      if (this.#used + length <= size) return;
    }
    this.#file ??= new SpillFile(this.#path);
    this.#file.append(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }
}

function recordsOf(bytes: Buffer): ListedRecord[] {
  const records: ListedRecord[] = [];
  for (let at = 0; at < bytes.length; ) {
    const sealedAt = at + recordHeadBytes;
    const plateAt = sealedAt + bytes.readUInt16BE(at + lookupKeyBytes) + 1;
    const end = plateAt + (bytes[plateAt - 1] ?? 0);
    const wire = bytes.subarray(at, plateAt - 1);
    records.push({
      lookup: bytes.subarray(at, at + lookupKeyBytes),
      sealed: bytes.subarray(sealedAt, plateAt - 1),
      plate: bytes.subarray(plateAt, end),
      wire,
    });
    at = end;
  }
  return records;
}

/** Compares the first six bytes as a number, which decides nearly always and is several times faster. */
function sortedDistinct(records: ListedRecord[]): ListedRecord[] {
  const keyed = records.map((record) => ({ key: record.lookup.readUIntBE(0, 6), record }));
  keyed.sort((a, b) => a.key - b.key || compareRecords(a.record, b.record));
  const distinct: ListedRecord[] = [];
  let underOneKey = 0;
  for (const { record } of keyed) {
    const before = distinct.at(-1);
    const alike = before?.lookup.equals(record.lookup) === true;
    if (alike && before.sealed.equals(record.sealed)) continue;
    underOneKey = alike ? underOneKey + 1 : 1;
    if (underOneKey > mostUnderOneKey)
      throw new Fault('list/too-many-alike', `one plate is listed more than ${mostUnderOneKey} times`);
    distinct.push(record);
  }
  return distinct;
}
