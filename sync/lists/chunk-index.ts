import { Fault } from '../../config/foundation/fault.ts';
import { mostChunkBytes, mostPrefixBits } from './chunk.ts';

/*
 * The index of a layer, big-endian: "HZLI"  u8 format = 1  u8 prefixBits  u16 0, then for each of the 2^prefixBits
 * chunks in order: SHA-256 (32 bytes)  u32 bytes  u32 records. The signed manifest holds the index's own SHA-256, so
 * the signature covers every chunk while the manifest stays small however large the list is.
 */
const magic = Buffer.from('HZLI');
const headerBytes = 8;
const itemBytes = 40;
export const mostIndexBytes = headerBytes + itemBytes * 2 ** mostPrefixBits;

export interface ChunkReference {
  readonly sha256: Buffer;
  readonly bytes: number;
  readonly records: number;
}

export interface ChunkIndex {
  readonly prefixBits: number;
  readonly chunks: readonly ChunkReference[];
}

export function encodeIndex(index: ChunkIndex): Buffer {
  const bytes = Buffer.alloc(headerBytes + itemBytes * index.chunks.length);
  magic.copy(bytes);
  bytes.writeUInt8(1, 4);
  bytes.writeUInt8(index.prefixBits, 5);
  for (const [ordinal, chunk] of index.chunks.entries()) {
    const at = headerBytes + itemBytes * ordinal;
    chunk.sha256.copy(bytes, at);
    bytes.writeUInt32BE(chunk.bytes, at + 32);
    bytes.writeUInt32BE(chunk.records, at + 36);
  }
  return bytes;
}

/** Throws `list/bad-index` for anything that encodeIndex does not write, or whose chunks a node would not accept. */
export function decodeIndex(index: Uint8Array): ChunkIndex {
  const bytes = Buffer.from(index.buffer, index.byteOffset, index.byteLength);
  const wrong = (what: string): Fault => new Fault('list/bad-index', `chunk index: ${what}`);
  if (bytes.length < headerBytes) throw wrong('cut short');
  const prefixBits = bytes.readUInt8(5);
  const isIndex = bytes.subarray(0, 4).equals(magic) && bytes.readUInt8(4) === 1 && bytes.readUInt16BE(6) === 0;
  if (!isIndex || prefixBits > mostPrefixBits) throw wrong('not an index');
  if (bytes.length !== headerBytes + itemBytes * 2 ** prefixBits) throw wrong('wrong size');
  const chunks: ChunkReference[] = [];
  for (let at = headerBytes; at < bytes.length; at += itemBytes) {
    const chunk = {
      sha256: bytes.subarray(at, at + 32),
      bytes: bytes.readUInt32BE(at + 32),
      records: bytes.readUInt32BE(at + 36),
    };
    if (chunk.bytes > mostChunkBytes) throw wrong('a chunk is too large');
    chunks.push(chunk);
  }
  return { prefixBits, chunks };
}
