import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'tsup';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../database/database.ts';
import { SyntheticList } from '../benchmark/synthetic-list.ts';
import { decodeIndex } from '../chunk-index.ts';
import { testFolder } from '../list-world.fixture.ts';
import type { LayerName } from './layer-store.ts';
import { openListFile } from './list-file.ts';
import { ListStore } from './list-store.ts';
import { DirectListWriter, type ListWriter } from './list-writer.ts';
import { ListWriterThread } from './list-writer-thread.ts';

/** Inside node_modules, so that what the thread imports is found from there. */
const cache = resolve('node_modules/.cache');
let built = '';

beforeAll(async () => {
  mkdirSync(cache, { recursive: true });
  built = mkdtempSync(join(cache, 'list-writer-'));
  const entry = { writer: 'sync/lists/store/list-writer-worker.ts' };
  await build({ entry, outDir: built, format: 'esm', target: 'node20', silent: true, config: false, clean: false });
});
afterAll(() => rmSync(built, { recursive: true, force: true }));

interface Place {
  readonly store: ListStore;
  readonly database: string;
}
const thread = (database: string, idleMs = 10_000): ListWriterThread =>
  new ListWriterThread({ file: join(built, 'writer.js'), database, idleMs });
const writers: readonly [string, (place: Place) => ListWriter][] = [
  ['on the thread of its caller', ({ store }) => new DirectListWriter(store)],
  ['in a thread of its own', ({ database }) => thread(database)],
];

function opened() {
  const database = join(testFolder(), 'lists.sqlite');
  const file = openListFile(database);
  onTestFinished(() => void file.database.close());
  return { store: file.store, database };
}

/** A list whose manifest the store has accepted, and what there is to fetch of it. */
async function acceptedList(store: ListStore, entries = 20_000) {
  const list = new SyntheticList('one', entries, 0);
  const blobs = new Map<string, Buffer>();
  const signed = await list.snapshot(async ({ sha256, bytes }) => void blobs.set(sha256, bytes));
  store.accept(signed);
  if (signed.manifest.state !== 'active') throw new Error('a list that was made is active');
  const { sha256 } = signed.manifest.snapshot.index;
  const layer: LayerName = { authority: list.authority, list: list.list, indexSha256: sha256 };
  const index = blobs.get(sha256) ?? Buffer.alloc(0);
  const { prefixBits, chunks } = decodeIndex(index);
  const fetched = chunks.map((chunk, ordinal) => ({
    sha256: chunk.sha256,
    bytes: blobs.get(chunk.sha256.toString('hex')) ?? Buffer.alloc(0),
    prefixBits,
    ordinal,
    removals: false,
    records: chunk.records,
  }));
  return { list, signed, layer, index, fetched };
}

describe.each(writers)('a list writer %s', (_, writerOf) => {
  function world() {
    const place = opened();
    const writer = writerOf(place);
    onTestFinished(() => writer.close());
    return { ...place, writer };
  }

  it('brings a list into the store from which another connection then matches', async () => {
    const { store, writer } = world();
    const { list, signed, layer, index, fetched } = await acceptedList(store);
    await writer.stageLayer(layer, index);
    await Promise.all(fetched.map((chunk) => writer.addChunk(chunk)));
    const read = await writer.finishLayer(layer);
    await writer.switchTo(signed.bytes);
    expect(store.list(list.authority, list.list)?.active).toEqual(signed.manifest);
    expect(read).toEqual(store.layers.read(layer));
    expect(read.chunkIds).toHaveLength(fetched.length);
    const bucket = read.chunkIds.length > 0 ? store.layers.bucket(read.chunkIds[0]!, 0) : [];
    expect(bucket.length).toBeGreaterThan(0);
  });

  it('refuses a chunk that is not as its index says, and takes the next', async () => {
    const { store, writer } = world();
    const { layer, index, fetched } = await acceptedList(store);
    const [chunk] = fetched;
    await writer.stageLayer(layer, index);
    const bad = expect.objectContaining({ code: 'list/bad-chunk' });
    await expect(writer.addChunk({ ...chunk!, bytes: chunk!.bytes.subarray(0, -1) })).rejects.toEqual(bad);
    await expect(writer.addChunk({ ...chunk!, records: 1 })).rejects.toEqual(bad);
    await writer.addChunk(chunk!);
    expect(store.layers.missingChunks(layer).chunks).toHaveLength(fetched.length - 1);
  });

  it('refuses an index that is none, and a switch to a version that is not all here', async () => {
    const { store, writer } = world();
    const { list, signed, layer, index, fetched } = await acceptedList(store);
    await expect(writer.stageLayer(layer, index.subarray(1))).rejects.toMatchObject({ code: 'list/bad-index' });
    await writer.stageLayer(layer, index);
    for (const chunk of fetched.slice(1)) await writer.addChunk(chunk);
    await expect(writer.finishLayer(layer)).rejects.toMatchObject({ code: 'list/incomplete' });
    await expect(writer.switchTo(signed.bytes)).rejects.toMatchObject({ code: 'list/incomplete' });
    expect(store.list(list.authority, list.list)?.active).toBeNull();
  });

  it('goes on where it was interrupted, and may be closed and used again', async () => {
    const { store, writer } = world();
    const { list, signed, layer, index, fetched } = await acceptedList(store);
    await writer.stageLayer(layer, index);
    for (const chunk of fetched) await writer.addChunk(chunk);
    await writer.close();
    for (const chunk of fetched) await writer.addChunk(chunk);
    await writer.finishLayer(layer);
    await writer.close();
    await writer.finishLayer(layer);
    await writer.switchTo(signed.bytes);
    await writer.collect();
    expect(store.list(list.authority, list.list)?.active).toEqual(signed.manifest);
  });
});

it('starts its thread again after a time without calls', async () => {
  const { store, database } = opened();
  const { layer, index, fetched } = await acceptedList(store, 100);
  const writer = thread(database, 1);
  await writer.stageLayer(layer, index);
  await writer.ended();
  await writer.addChunk(fetched[0]!);
  await writer.close();
  expect(store.layers.missingChunks(layer).chunks).toEqual([]);
});

it('fails the calls of a thread that cannot open its database', async () => {
  const writer = thread(join(testFolder(), 'no-such-folder', 'lists.sqlite'));
  await expect(writer.collect()).rejects.toThrow(/directory/);
  await writer.close();
});

it('is not refused when another connection writes between two of its statements', async () => {
  const { store: before, database: path } = opened();
  const { list, signed, layer, index, fetched } = await acceptedList(before, 100);
  const other = openDatabase(path);
  other.pragma('busy_timeout = 0');
  const write = other.prepare('UPDATE list SET issued_ms = issued_ms + 1');
  const written = { meanwhile: 0, refused: 0 };
  const onStatement = (): void => {
    try {
      written.meanwhile += write.run().changes;
    } catch (error) {
      expect(error).toMatchObject({ code: 'SQLITE_BUSY' });
      written.refused += 1;
    }
  };
  const database = openDatabase(path, { onStatement });
  onTestFinished(() => [database, other].forEach((one) => void one.close()));
  const store = new ListStore(database);
  const writer = new DirectListWriter(store);
  await writer.stageLayer(layer, index);
  for (const chunk of fetched) await writer.addChunk(chunk);
  await writer.finishLayer(layer);
  await writer.switchTo(signed.bytes);
  await writer.collect();
  store.forget(list.authority, list.list);
  await writer.collect();
  expect(store.lists()).toEqual([]);
  expect(written.meanwhile).toBeGreaterThan(5);
  expect(written.refused).toBeGreaterThan(5);
});
