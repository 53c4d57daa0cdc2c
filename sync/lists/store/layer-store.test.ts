import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { openDatabase } from '../../database/database.ts';
import { checkChunk, encodeChunk } from '../chunk.ts';
import { signManifest } from '../manifest.ts';
import { sampleManifest } from '../sample-manifest.test-data.ts';
import { bucketOf } from './layer-store.ts';
import { ListStore } from './list-store.ts';

/** So many chunks that their layer has two parts on disk. */
const prefixBits = 8;
const name = { authority: 'NL', list: 'stolen', indexSha256: 'a'.repeat(64) };

/** A layer of 256 chunks with some records each, all here but not made ready. */
function fetchedLayer(leaveOut: readonly number[] = []) {
  const store = new ListStore(openDatabase(':memory:'));
  store.accept(signManifest(sampleManifest, generateKeyPairSync('ed25519').privateKey));
  const chunks = Array.from({ length: 2 ** prefixBits }, (_, ordinal) => {
    const records = Array.from({ length: 1 + (ordinal % 3) }, () => {
      return { lookup: Buffer.concat([Buffer.of(ordinal), randomBytes(15)]), sealed: randomBytes(60) };
    }).sort((a, b) => a.lookup.compare(b.lookup));
    const bytes = encodeChunk({ prefixBits, ordinal, removals: false }, records);
    return { sha256: createHash('sha256').update(bytes).digest(), bytes, records };
  });
  store.layers.stage(name, {
    prefixBits,
    chunks: chunks.map(({ sha256, bytes, records }) => ({ sha256, bytes: bytes.length, records: records.length })),
  });
  for (const [ordinal, { sha256, bytes }] of chunks.entries()) {
    const checked = checkChunk(bytes, { prefixBits, ordinal, removals: false });
    if (!leaveOut.includes(ordinal)) store.layers.addChunk(sha256, prefixBits, checked);
  }
  return { layers: store.layers, chunks };
}

it('finishes a layer part by part into what a start reads of it, wherever it was interrupted', () => {
  const { layers, chunks } = fetchedLayer();
  expect(() => layers.expectComplete(name)).toThrow(expect.objectContaining({ code: 'list/incomplete' }));
  const interrupted = layers.finish(name);
  expect(interrupted.next()).toEqual({ done: false, value: undefined });
  expect(() => layers.expectComplete(name)).toThrow(expect.objectContaining({ code: 'list/incomplete' }));
  const finishing = layers.finish(name);
  expect([finishing.next().done, finishing.next().done]).toEqual([false, false]);
  const layer = finishing.next();
  layers.expectComplete(name);
  expect(layer).toEqual({ done: true, value: layers.read(name) });
  const again = [...layers.finish(name)];
  expect(again).toHaveLength(2);
  const { chunkIds, bucketBits } = layers.read(name);
  for (const [ordinal, { records }] of chunks.entries()) {
    for (const { lookup, sealed } of records) {
      const bucket = bucketOf(lookup.readUInt32BE(0), prefixBits, bucketBits[ordinal] ?? 0);
      expect(layers.bucket(chunkIds[ordinal] ?? 0, bucket)).toContainEqual({ lookup, sealed });
    }
  }
});

it('finishes no layer of which a chunk is missing', () => {
  const { layers } = fetchedLayer([200]);
  expect(layers.missingChunks(name).chunks.map(({ ordinal }) => ordinal)).toEqual([200]);
  expect(() => [...layers.finish(name)]).toThrow(expect.objectContaining({ code: 'list/incomplete' }));
});
