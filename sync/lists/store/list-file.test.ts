import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Log } from '../../../config/foundation/log.ts';
import { MemoryBroker } from '../../broker/memory-link.ts';
import { topics } from '../../broker/topics.ts';
import { openDatabase } from '../../database/database.ts';
import { startMs, TestAuthority, TestNode } from '../list-world.fixture.ts';
import { copyListsIntoMemory, openListFile, openListsInMemory } from './list-file.ts';

const rows = Array.from({ length: 900 }, (_, n) => `1-ABC-${100 + n},B,r${n}`);

/** A node's folder with an applied second version, closed, and the broker that still has it. */
async function nodeAtRest() {
  const broker = new MemoryBroker();
  const authority = new TestAuthority();
  const node = (await TestNode.open({ link: broker.link(), authorities: [authority] })).start();
  await authority.build(rows);
  await authority.publish(broker.link(), [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  const first = authority.folder.published()?.bytes ?? Buffer.alloc(0);
  await authority.build(rows, { rotateKey: true });
  await authority.publish(broker.link(), [node.key.publicKey]);
  await node.until(() => node.applied.length === 2);
  await node.stop();
  return { broker, authority, first, folder: node.folder, path: join(node.folder, 'lists.sqlite') };
}

function events(): { log: Log; events: string[] } {
  const noted: string[] = [];
  return { log: { event: (_, event) => noted.push(event) }, events: noted };
}

function overwrite(path: string, from: number, bytes: Buffer): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, from);
  closeSync(file);
}

const spoilt: readonly [string, (path: string) => void][] = [
  ['is no database', (path) => writeFileSync(path, 'hello, this is not a database at all'.repeat(100))],
  ['has a head of noise', (path) => overwrite(path, 0, Buffer.alloc(100, 0x5a))],
  // Every check finds it sound, and it was found so by the first write.
  ['says that only a newer SQLite may write it', (path) => overwrite(path, 18, Buffer.of(0x42))],
  ['says that only a newer SQLite may read it', (path) => overwrite(path, 19, Buffer.of(0x42))],
  ['was cut in the middle of a page', (path) => truncateSync(path, Math.floor(statSync(path).size / 2) - 100)],
  [
    'has noise in all pages but the first',
    (path) => overwrite(path, 4096, Buffer.alloc(statSync(path).size - 4096, 0xa5)),
  ],
];

it.each(spoilt)('sets a file aside that %s, says so, and is filled from the broker again', async (_, spoil) => {
  const { broker, authority, folder, path } = await nodeAtRest();
  spoil(path);
  const { log, events: noted } = events();
  const { database } = openListFile(path, { log });
  database.close();
  expect(noted).toEqual(['list/database-damaged']);
  expect(readdirSync(folder).filter((name) => name.startsWith('lists.sqlite.damaged-'))).not.toEqual([]);
  const node = (await TestNode.open({ folder, link: broker.link(), authorities: [authority] })).start();
  await node.until(() => node.applied.length === 1);
  expect(node.matching('1ABC100', 'B')[0]?.list.version).toBe(2);
});

it('says of a file of an older layout that it is one, not that it is damaged, and is filled from the broker again', async () => {
  const { broker, authority, folder, path } = await nodeAtRest();
  const before = openDatabase(path);
  before.exec('DROP TABLE layer_part; PRAGMA user_version = 1');
  before.close();
  const said: unknown[] = [];
  const log: Log = { event: (level, event, facts) => said.push({ level, event, ...facts }) };
  openListFile(path, { log, now: () => startMs }).database.close();
  const name = 'lists.sqlite.of-other-layout-20260301T120000Z';
  expect(said).toEqual([
    { level: 'warn', event: 'list/database-of-other-layout', layout: 1, fetchedAgainAs: 2, setAside: name, lists: 1 },
  ]);
  expect(existsSync(join(folder, name))).toBe(true);
  const node = (await TestNode.open({ folder, link: broker.link(), authorities: [authority] })).start();
  await node.until(() => node.applied.length === 1);
  expect(node.matching('1ABC100', 'B')[0]?.list.version).toBe(2);
});

it('sets a file aside whose account of its own tables makes no sense', async () => {
  const { path } = await nodeAtRest();
  const bytes = readFileSync(path);
  const at = bytes.indexOf('accepted_generation INTEGER');
  expect(at).toBeGreaterThan(0);
  overwrite(path, at, Buffer.from('accepted_generatiom'));
  const { log, events: noted } = events();
  openListFile(path, { log }).database.close();
  expect(noted).toEqual(['list/database-damaged']);
});

it('carries over how new each list was from a file that refuses writes', async () => {
  const { path } = await nodeAtRest();
  overwrite(path, 18, Buffer.of(3));
  const { log, events: noted } = events();
  const { store, database } = openListFile(path, { log });
  expect(noted).toEqual(['list/database-damaged']);
  expect(store.list('NL', 'stolen')).toMatchObject({ active: null, accepted: { generation: 2, version: 1 } });
  database.close();
});

it('opens a sound file without a word and keeps what is in it', async () => {
  const { path } = await nodeAtRest();
  const { log, events: noted } = events();
  const { store, database } = openListFile(path, { log });
  expect(noted).toEqual([]);
  expect(store.list('NL', 'stolen')?.active?.version).toBe(2);
  database.close();
});

it('finds damage in the midst of matching, ends that use, and begins anew at the next opening instead of failing again', async () => {
  const { path } = await nodeAtRest();
  const first = openListFile(path);
  const active = first.store.list('NL', 'stolen')?.active;
  const layer = first.store.layers.read({
    authority: 'NL',
    list: 'stolen',
    indexSha256: active?.snapshot.index.sha256 ?? '',
  });
  // A bucket whose last record is cut: as SQLite sees it all is well.
  first.database.prepare('UPDATE bucket SET records = substr(records, 1, length(records) - 3)').run();
  const [chunk] = layer.chunkIds;
  if (chunk === undefined) throw new Error('a list has a chunk');
  expect(() => first.store.layers.bucket(chunk, 0)).toThrow(expect.objectContaining({ code: 'list/database-damaged' }));
  first.database.close();
  expect(existsSync(`${path}.damaged`)).toBe(true);
  const { log, events: noted } = events();
  const second = openListFile(path, { log });
  expect(noted).toEqual(['list/database-damaged']);
  expect(second.store.list('NL', 'stolen')).toMatchObject({ active: null, accepted: { generation: 2, version: 1 } });
  second.database.close();
  openListFile(path, { log }).database.close();
  expect(noted).toHaveLength(1);
});

it('lets nobody slip an older version into the new file', async () => {
  const { broker, authority, first, folder, path } = await nodeAtRest();
  writeFileSync(`${path}.damaged`, '');
  openListFile(path).database.close();
  const manifestTopic = topics.listManifest('NL', 'stolen');
  const current = broker.retained.get(manifestTopic) ?? Buffer.alloc(0);
  broker.retained.set(manifestTopic, first);
  const node = (await TestNode.open({ folder, link: broker.link(), authorities: [authority] })).start();
  await node.until(() => node.refusals.length === 1);
  expect(['forked', 'replayed']).toContain(node.refusals[0]?.reason);
  broker.take(manifestTopic, current, true);
  await node.until(() => node.applied.length === 1);
  expect(node.matching('1ABC100', 'B', startMs)[0]?.list.version).toBe(2);
});

it('keeps one damaged file, not one for each time', async () => {
  const { folder, path } = await nodeAtRest();
  for (const nowMs of [startMs, startMs + 1000, startMs + 2000]) {
    writeFileSync(path, 'spoilt '.repeat(1000));
    openListFile(path, { now: () => nowMs }).database.close();
  }
  const aside = readdirSync(folder).filter((name) => /^lists\.sqlite\.damaged-\w+$/.test(name));
  expect(aside).toEqual(['lists.sqlite.damaged-20260301T120002Z']);
  expect(readFileSync(join(folder, aside[0] ?? ''), 'utf8')).toContain('spoilt');
});

/** As a power cut leaves it after a file was set aside, but for its log, and before the new one is in its place. */
async function cutBetween() {
  const { path } = await nodeAtRest();
  const before = openDatabase(path);
  before.exec('CREATE TABLE of_the_file_before (x)');
  copyFileSync(`${path}-wal`, `${path}.log`);
  before.close();
  writeFileSync(`${path}.damaged`, '');
  openListFile(path).database.close();
  renameSync(path, `${path}.new`);
  renameSync(`${path}.log`, `${path}-wal`);
  return path;
}

it.each([
  ['at a start', false],
  ['in use', true],
])('takes the new file where a power cut kept it from its place after damage was found %s', async (_, isMarked) => {
  const path = await cutBetween();
  if (isMarked) writeFileSync(`${path}.damaged`, '');
  const { log, events: noted } = events();
  const { store, database } = openListFile(path, { log });
  expect(noted).toEqual([]);
  expect(store.list('NL', 'stolen')).toMatchObject({ active: null, accepted: { generation: 2, version: 1 } });
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'of_the_file_before'").get()).toBeUndefined();
  database.close();
  expect(['.new', '.damaged'].filter((suffix) => existsSync(path + suffix))).toEqual([]);
});

it('lowers no floor when a file is set aside again before the list came back', async () => {
  const { path } = await nodeAtRest();
  for (let time = 0; time < 3; time += 1) {
    writeFileSync(`${path}.damaged`, '');
    const { store, database } = openListFile(path);
    expect(store.list('NL', 'stolen')).toMatchObject({ active: null, accepted: { generation: 2, version: 1 } });
    database.close();
  }
});

it('begins anew where the new file is not whole either', async () => {
  const path = await cutBetween();
  truncateSync(`${path}.new`, 5_000);
  const { store, database } = openListFile(path);
  expect(store.lists()).toEqual([]);
  database.close();
});

it('lets lists in memory become no larger than a node bears, those copied from a file included', async () => {
  const { path } = await nodeAtRest();
  const copied = copyListsIntoMemory(path);
  for (const lists of [openListsInMemory(), copied]) {
    expect(lists?.database.pragma('max_page_count', { simple: true })).toBe((64 * 1024 * 1024) / 4096);
  }
  expect(copied?.store.list('NL', 'stolen')?.active?.version).toBe(2);
  const full = expect.objectContaining({ code: 'SQLITE_FULL' });
  expect(() => copied?.database.exec('INSERT INTO bucket VALUES (1, zeroblob(64 * 1024 * 1024))')).toThrow(full);
});
