import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Log } from '../../../config/foundation/log.ts';
import { openDatabase } from '../../database/database.ts';
import { testFolder } from '../list-world.fixture.ts';
import { openListFile } from './list-file.ts';
import type { ListStore } from './list-store.ts';
import { DirectListWriter } from './list-writer.ts';
import { bring, type SmallVersion, smallVersion } from './small-version.fixture.ts';

/** A closed file in which the first version matches and the second is half fetched. */
async function halfFetched() {
  const path = join(testFolder(), 'lists.sqlite');
  const { store, database } = openListFile(path);
  const writer = new DirectListWriter(store);
  await bring(smallVersion({ version: 1, prefixBits: 7 }), store, writer);
  const pending = smallVersion({ version: 2, prefixBits: 7 });
  store.accept(pending.signed);
  await writer.stageLayer(pending.layer, pending.index);
  for (const chunk of pending.fetched.slice(0, 64)) await writer.addChunk(chunk);
  database.close();
  return { path, pending };
}

/** Fills the page of a table or index with noise on which its last rows lie. */
function spoilLastPage(path: string, name: string): void {
  const database = openDatabase(path);
  const page = database.prepare('SELECT pageno FROM dbstat WHERE name = ? ORDER BY path DESC').pluck().get(name);
  const bytes = Number(database.pragma('page_size', { simple: true }));
  database.close();
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(bytes, 0xa5), 0, bytes, (Number(page) - 1) * bytes);
  closeSync(file);
}

/** `other` is a version that is not here yet. */
interface Used {
  readonly store: ListStore;
  readonly writer: DirectListWriter;
  readonly pending: SmallVersion;
  readonly other: SmallVersion;
}

const uses: readonly [string, string, (used: Used) => unknown][] = [
  ['a layer is staged', 'layer_chunk_by_sha256', ({ writer, other }) => writer.stageLayer(other.layer, other.index)],
  ['a list is given up', 'layer_chunk_by_sha256', ({ store }) => store.forget('NL', 'stolen')],
  ['it is asked what is missing', 'layer_chunk', ({ store, pending }) => store.layers.missingChunks(pending.layer)],
  ['a layer is made ready', 'chunk', ({ writer, pending }) => writer.finishLayer(pending.layer)],
];

it.each(uses)('finds damage that no start meets when %s, and begins anew at the next', async (_, spoilt, use) => {
  const { path, pending } = await halfFetched();
  spoilLastPage(path, spoilt);
  const said: string[] = [];
  const log: Log = { event: (_, event) => said.push(event) };
  const { store, database } = openListFile(path, { log });
  expect(said).toEqual([]);
  const damaged = expect.objectContaining({ code: 'list/database-damaged' });
  const used = { store, writer: new DirectListWriter(store), pending, other: smallVersion({ version: 3 }) };
  await expect((async () => use(used))()).rejects.toEqual(damaged);
  database.close();
  expect(existsSync(`${path}.damaged`)).toBe(true);
  const next = openListFile(path, { log });
  expect(said).toEqual(['list/database-damaged']);
  expect(next.store.list('NL', 'stolen')).toMatchObject({ active: null, accepted: { generation: 2, version: 1 } });
  next.database.close();
});
