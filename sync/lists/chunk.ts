import { Fault } from '../../config/foundation/fault.ts';
import { lookupKeyBytes, mostSealedBytes, type SealedEntry } from './seal.ts';

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

/** The records of a chunk, after checking every rule of the format. Throws `list/bad-chunk`. */
export function decodeChunk(chunk: Uint8Array, position: ChunkPosition): SealedEntry[] {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const wrong = (what: string): Fault => new Fault('list/bad-chunk', `chunk ${position.ordinal}: ${what}`);
  if (bytes.length < chunkHeaderBytes || bytes.length > mostChunkBytes) throw wrong('wrong size');
  const expected = encodeChunk(position, []);
  if (bytes.compare(expected, 0, 12, 0, 12) !== 0) throw wrong('not a chunk of this place');
  const count = bytes.readUInt32BE(12);
  const entries = decodeRecords(bytes.subarray(chunkHeaderBytes));
  if (entries === null) throw wrong('cut short');
  if (entries.length !== count) throw wrong('wrong number of records');
  let underOneKey = 0;
  for (const [index, entry] of entries.entries()) {
    const before = entries[index - 1];
    if (prefixOf(entry.lookup, position.prefixBits) !== position.ordinal) throw wrong('a record of another range');
    if (before !== undefined && compareRecords(before, entry) >= 0) throw wrong('not in order');
    const sameKey = before?.lookup.equals(entry.lookup) ?? false;
    underOneKey = sameKey ? underOneKey + 1 : 1;
    if (underOneKey > mostUnderOneKey) throw wrong('too many entries under one key');
    const removal = entry.sealed.length === 0;
    if (removal && !position.removals) throw wrong('a removal in a snapshot');
    // A removal sorts first under its key, so the record after it tells whether it stands alone.
    if (sameKey && before?.sealed.length === 0) throw wrong('a removal beside an entry');
  }
  return entries;
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
    if (offset + recordHeadBytes > bytes.length) return null;
    const length = bytes.readUInt16BE(offset + lookupKeyBytes);
    const end = offset + recordHeadBytes + length;
    if (end > bytes.length || length > mostSealedBytes) return null;
    const lookup = bytes.subarray(offset, offset + lookupKeyBytes);
    entries.push({ lookup, sealed: bytes.subarray(offset + recordHeadBytes, end) });
    offset = end;
  }
  return entries;
}

/** The records' one order: by look-up key, then by what is sealed. */
export function compareRecords(a: SealedEntry, b: SealedEntry): number {
  return a.lookup.compare(b.lookup) || a.sealed.compare(b.sealed);
}

/** The first bits of a look-up key as a number; at most 32. */
export function prefixOf(lookup: Buffer, bits: number): number {
  return bits === 0 ? 0 : lookup.readUInt32BE(0) >>> (32 - bits);
}
