import { Fault } from '../../config/foundation/fault.ts';
import { lookupKeyBytes, mostSealedBytes, type SealedEntry } from './sealing/seal.ts';

/*
 * A chunk, big-endian:
 *   "HZLC"  u8 format = 1  u8 prefixBits  u16 0  u32 ordinal  u32 records
 *   records, each: look-up key (16 bytes)  u16 length  sealed details (length bytes)
 * Chunk `ordinal` of a layer holds every look-up key whose first `prefixBits` bits equal `ordinal`, in strictly
 * ascending order of the records' bytes. Length 0 stands alone under its key and only in a delta: nothing is listed under this
 * key any more. Look-up keys are uniformly distributed, so chunks come out even, and an unchanged range of an
 * unchanged list keeps its hash from version to version.
 */
const magic = Buffer.from('HZLC');
export const chunkHeaderBytes = 16;
export const recordHeadBytes = lookupKeyBytes + 2;
/** What the centre aims below. */
export const chunkTargetBytes = 256 * 1024;
/** What a node accepts at most. */
export const mostChunkBytes = 1024 * 1024;
export const mostPrefixBits = 16;
/** Entries that may share one look-up key (the same folded plate listed several times). */
export const mostUnderOneKey = 64;

export interface ChunkPosition {
  readonly prefixBits: number;
  readonly ordinal: number;
  /** Deltas may say that nothing is listed under a key any more. */
  readonly removals: boolean;
}

/** Joins sorted records of one range into a chunk. */
export function encodeChunk(position: ChunkPosition, entries: readonly SealedEntry[]): Buffer {
  return joinChunk(position, entries.map(encodeRecord));
}

/** The same for records that were encoded before. */
export function joinChunk(position: ChunkPosition, records: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(chunkHeaderBytes);
  magic.copy(header);
  header.writeUInt8(1, 4);
  header.writeUInt8(position.prefixBits, 5);
  header.writeUInt32BE(position.ordinal, 8);
  header.writeUInt32BE(records.length, 12);
  return Buffer.concat([header, ...records]);
}

/** A chunk whose every rule was checked, and where each of its records begins. */
export interface CheckedChunk {
  readonly bytes: Buffer;
  readonly starts: Uint32Array;
}

/** The records of a chunk, after checking every rule of the format. Throws `list/bad-chunk`. */
export function decodeChunk(chunk: Uint8Array, position: ChunkPosition): SealedEntry[] {
  const { bytes, starts } = checkChunk(chunk, position);
  return Array.from(starts, (start) => recordAt(bytes, start));
}

/** The same without making anything of the records, of which a long list has millions. Throws `list/bad-chunk`. */
export function checkChunk(chunk: Uint8Array, position: ChunkPosition): CheckedChunk {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const wrong = (what: string): Fault => new Fault('list/bad-chunk', `chunk ${position.ordinal}: ${what}`);
  if (bytes.length < chunkHeaderBytes || bytes.length > mostChunkBytes) throw wrong('wrong size');
  const expected = encodeChunk(position, []);
  if (bytes.compare(expected, 0, 12, 0, 12) !== 0) throw wrong('not a chunk of this place');
  const count = bytes.readUInt32BE(12);
  if (count * recordHeadBytes > bytes.length) throw wrong('wrong number of records');
  const starts = new Uint32Array(count);
  let start = chunkHeaderBytes;
  let underOneKey = 0;
  for (let index = 0; index < count; index += 1) {
    const end = endOfRecord(bytes, start);
    if (end === null) throw wrong('cut short');
    if (firstBits(bytes.readUInt32BE(start), position.prefixBits) !== position.ordinal) {
      throw wrong('a record of another range');
    }
    const before = index === 0 ? null : (starts[index - 1] ?? 0);
    const order = before === null ? -1 : compareKeys(bytes, before, start);
    if (before !== null && (order > 0 || (order === 0 && compareSealed(bytes, before, start, end) >= 0))) {
      throw wrong('not in order');
    }
    underOneKey = order === 0 ? underOneKey + 1 : 1;
    if (underOneKey > mostUnderOneKey) throw wrong('too many entries under one key');
    const removal = end === start + recordHeadBytes;
    if (removal && !position.removals) throw wrong('a removal in a snapshot');
    // A removal sorts first under its key, so the record after it tells whether it stands alone.
    if (before !== null && order === 0 && start === before + recordHeadBytes) throw wrong('a removal beside an entry');
    starts[index] = start;
    start = end;
  }
  if (start !== bytes.length) throw wrong('wrong number of records');
  return { bytes, starts };
}

export function encodeRecord(entry: SealedEntry): Buffer {
  const head = Buffer.alloc(recordHeadBytes);
  entry.lookup.copy(head);
  head.writeUInt16BE(entry.sealed.length, lookupKeyBytes);
  return Buffer.concat([head, entry.sealed]);
}

/** Records that lie one behind the other, or null when they do not end where the bytes end. */
export function decodeRecords(bytes: Buffer): SealedEntry[] | null {
  const entries: SealedEntry[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const end = endOfRecord(bytes, offset);
    if (end === null) return null;
    entries.push(recordAt(bytes, offset));
    offset = end;
  }
  return entries;
}

function recordAt(bytes: Buffer, start: number): SealedEntry {
  const sealedFrom = start + recordHeadBytes;
  const length = bytes.readUInt16BE(start + lookupKeyBytes);
  return {
    lookup: bytes.subarray(start, start + lookupKeyBytes),
    sealed: bytes.subarray(sealedFrom, sealedFrom + length),
  };
}

/** Where the record ends that begins here, or null when it is cut short or too long. */
function endOfRecord(bytes: Buffer, start: number): number | null {
  if (start + recordHeadBytes > bytes.length) return null;
  const length = bytes.readUInt16BE(start + lookupKeyBytes);
  const end = start + recordHeadBytes + length;
  return end > bytes.length || length > mostSealedBytes ? null : end;
}

/** Nearly all keys differ in their first word, which is far cheaper to compare than the whole. */
function compareKeys(bytes: Buffer, a: number, b: number): number {
  const first = bytes.readUInt32BE(a) - bytes.readUInt32BE(b);
  return first || bytes.compare(bytes, b, b + lookupKeyBytes, a, a + lookupKeyBytes);
}

/** Of two records one behind the other: what is sealed in the first against what is sealed in the second. */
function compareSealed(bytes: Buffer, before: number, start: number, end: number): number {
  return bytes.compare(bytes, start + recordHeadBytes, end, before + recordHeadBytes, start);
}

/** The records' one order: by look-up key, then by what is sealed. */
export function compareRecords(a: SealedEntry, b: SealedEntry): number {
  return a.lookup.compare(b.lookup) || a.sealed.compare(b.sealed);
}

/** The first bits of a look-up key as a number; at most 32. */
export function prefixOf(lookup: Buffer, bits: number): number {
  return firstBits(lookup.readUInt32BE(0), bits);
}

/** The first bits of a word. */
export function firstBits(word: number, bits: number): number {
  return bits === 0 ? 0 : word >>> (32 - bits);
}
