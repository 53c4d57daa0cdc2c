import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { encodeChunk } from '../chunk.ts';
import { encodeIndex } from '../chunk-index.ts';
import { signManifest } from '../manifest.ts';
import { sampleManifest } from '../sample-manifest.test-data.ts';
import type { ListStore } from './list-store.ts';
import type { FetchedChunk, ListWriter } from './list-writer.ts';

const { privateKey } = generateKeyPairSync('ed25519');

/** A version of a list in many chunks of one record each, and what there is to fetch of it. */
export function smallVersion({ list = 'stolen', version = 1, prefixBits = 6 } = {}) {
  const fetched: FetchedChunk[] = Array.from({ length: 2 ** prefixBits }, (_, ordinal) => {
    const lookup = Buffer.concat([Buffer.of(ordinal << (8 - prefixBits)), randomBytes(15)]);
    const position = { prefixBits, ordinal, removals: false };
    const bytes = encodeChunk(position, [{ lookup, sealed: randomBytes(60) }]);
    return { ...position, sha256: sha256Of(bytes), bytes, records: 1 };
  });
  const chunks = fetched.map(({ sha256, bytes, records }) => {
    return { sha256: Buffer.from(sha256), bytes: bytes.length, records };
  });
  const index = encodeIndex({ prefixBits, chunks });
  const indexSha256 = sha256Of(index).toString('hex');
  const snapshot = { ...sampleManifest.snapshot, index: { sha256: indexSha256, bytes: index.length } };
  const signed = signManifest({ ...sampleManifest, list, version, snapshot, deltas: [] }, privateKey);
  return { signed, layer: { authority: sampleManifest.authority, list, indexSha256 }, index, fetched };
}
export type SmallVersion = ReturnType<typeof smallVersion>;

/** Takes a version as the newest, brings in what is missing of it, and switches to it. */
export async function bring({ signed, layer, index, fetched }: SmallVersion, store: ListStore, writer: ListWriter) {
  store.accept(signed);
  await writer.stageLayer(layer, index);
  const missing = store.layers.missingChunks(layer).chunks.map(({ ordinal }) => ordinal);
  await Promise.all(fetched.filter(({ ordinal }) => missing.includes(ordinal)).map((chunk) => writer.addChunk(chunk)));
  await writer.finishLayer(layer);
  await writer.switchTo(signed.bytes);
  return { missing };
}

function sha256Of(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
