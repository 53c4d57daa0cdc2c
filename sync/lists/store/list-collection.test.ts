import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openDatabase } from '../../database/database.ts';
import { testFolder } from '../list-world.fixture.ts';
import { openListFile } from './list-file.ts';
import { ListStore } from './list-store.ts';
import { DirectListWriter } from './list-writer.ts';
import { bring, smallVersion } from './small-version.fixture.ts';

/** So long each step takes that deletes chunks: 16 of them. */
const stepMs = 40;

/** A store, and a writer with a connection of its own that collects a list of 64 chunks, at rest after its first 16. */
async function collecting(...before: Parameters<typeof bring>[0][]) {
  const path = join(testFolder(), 'lists.sqlite');
  const { store, database } = openListFile(path);
  // Refused at once where the writer holds the lock.
  database.pragma('busy_timeout = 0');
  const own = openDatabase(path, {
    onStatement: (sql) => sql.startsWith('SELECT id FROM chunk WHERE NOT EXISTS') && vi.advanceTimersByTime(stepMs),
  });
  onTestFinished(() => [database, own].forEach((one) => void one.close()));
  const writer = new DirectListWriter(new ListStore(own));
  for (const version of before) await bring(version, store, writer);
  const gone = smallVersion({ list: 'gone' });
  await bring(gone, store, writer);
  store.forget(gone.layer.authority, gone.layer.list);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const done: string[] = [];
  const note = (what: string, call: Promise<unknown>): Promise<void> => call.then(() => void done.push(what));
  const collected = note('collect', writer.collect());
  await vi.advanceTimersByTimeAsync(5);
  const chunks = database.prepare('SELECT count(*) FROM chunk').pluck();
  const end = async () => {
    await vi.advanceTimersByTimeAsync(60_000);
    await collected;
  };
  return { store, writer, gone, done, note, chunks: () => chunks.get(), end };
}

it('rests between the steps of a collection as long as each took, and leaves the lock to others', async () => {
  const { store, writer, done, note, chunks } = await collecting();
  // Neither a second collection nor the end of the writer shortens a rest.
  const others = [note('collect', writer.collect()), note('close', writer.close())];
  for (const left of [48, 32, 16]) {
    await vi.advanceTimersByTimeAsync(stepMs - 1);
    expect(chunks()).toBe(left);
    store.accept(smallVersion({ list: `during-${left}` }).signed);
    store.putWrappedKey({ authority: 'NL', list: `during-${left}`, generation: 2 }, 'a key');
    await vi.advanceTimersByTimeAsync(1);
  }
  expect(chunks()).toBe(0);
  expect(done).toEqual([]);
  await vi.advanceTimersByTimeAsync(60_000);
  await Promise.all(others);
  expect(done).toEqual(['collect', 'collect', 'close']);
});

it('serves what it is asked between two steps of a collection, in order', async () => {
  const { store, writer, done, note, chunks, end } = await collecting();
  const { signed, layer, index, fetched } = smallVersion({ list: 'other', prefixBits: 2 });
  store.accept(signed);
  await Promise.all([
    note('stage', writer.stageLayer(layer, index)),
    ...fetched.map((chunk) => note(`chunk ${chunk.ordinal}`, writer.addChunk(chunk))),
    note('finish', writer.finishLayer(layer)),
    note('switch', writer.switchTo(signed.bytes)),
  ]);
  expect(done).toEqual(['stage', 'chunk 0', 'chunk 1', 'chunk 2', 'chunk 3', 'finish', 'switch']);
  expect(chunks()).toBe(48 + fetched.length);
  await end();
  expect(chunks()).toBe(fetched.length);
  store.layers.expectComplete(layer);
});

it('fetches of a list that comes back in the midst of its collection what is deleted by then, and keeps the rest', async () => {
  const { store, writer, gone, chunks, end } = await collecting();
  const { missing } = await bring(gone, store, writer);
  expect(missing).toHaveLength(16);
  await end();
  expect(chunks()).toBe(64);
  store.layers.expectComplete(gone.layer);
  const { chunkIds } = store.layers.read(gone.layer);
  expect(Array.from(chunkIds, (id) => store.layers.bucket(id, 0).length)).toEqual(Array(64).fill(1));
});

it('keeps a version that is switched over in the midst of a collection until the next, for somebody may match it still', async () => {
  const matching = smallVersion({ version: 1, prefixBits: 2 });
  const { store, writer, chunks, end } = await collecting(matching);
  await bring(smallVersion({ version: 2, prefixBits: 2 }), store, writer);
  await end();
  store.layers.expectComplete(matching.layer);
  expect(chunks()).toBe(4 + 4);
  const next = writer.collect();
  await vi.advanceTimersByTimeAsync(60_000);
  await next;
  expect(store.layers.has(matching.layer)).toBe(false);
  expect(chunks()).toBe(4);
});
