import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../database/database.ts';
import { encodeMessage } from '../uplink/cloud-event.ts';
import { sampleHit } from '../uplink/sample-hit.test-data.ts';
import { SqliteHitStore } from './sqlite-hit-store.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-store-'));
  path = join(folder, 'hits.sqlite');
  const store = SqliteHitStore.open(path);
  const hit = sampleHit();
  await store.addHits([{ hit, body: encodeMessage(hit) }], 1_000);
  await store.close();
});
afterEach(() => rmSync(folder, { recursive: true }));

function overwrite(at: number, ...bytes: readonly number[]): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.from(bytes), 0, bytes.length, at);
  closeSync(file);
}

it('leaves nothing of erased hits and pictures in the files of the store, while it is open or after', async () => {
  const store = SqliteHitStore.open(path);
  const picture = Buffer.from('the picture of a vehicle '.repeat(2_000));
  const hit = sampleHit({ evidence: { plate: picture } });
  await store.addHits([{ hit, body: encodeMessage(hit) }], 1_000);
  await store.addPicture(hit.data.node, hit.id, 'plate', picture);
  const words = [hit.data.plate.listed, 'picture of a vehicle'];
  expect(wordsOnDisk(words)).toEqual(words);
  expect(await store.erase(Date.UTC(2026, 5, 1))).toBe(2);
  expect(wordsOnDisk(words)).toEqual([]);
  await store.close();
  expect(wordsOnDisk(words)).toEqual([]);
});

it('is for nobody else on its machine, with the files beside it; one that is there keeps the rights it was given', async () => {
  const store = SqliteHitStore.open(path);
  const rights = () => readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777]);
  expect(rights()).toEqual(['', '-shm', '-wal'].map((suffix) => [`hits.sqlite${suffix}`, 0o600]));
  await store.close();
  chmodSync(path, 0o660);
  await SqliteHitStore.open(path).close();
  expect(rights()).toEqual([['hits.sqlite', 0o660]]);
});

function wordsOnDisk(words: readonly string[]): readonly string[] {
  const bytes = Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
  return words.filter((word) => bytes.includes(word));
}

describe('a damaged store of the centre', () => {
  it.each<[string, () => void]>([
    ['says that only a newer SQLite may write it', () => overwrite(18, 0x42)],
    ['says that only a newer SQLite may read it', () => overwrite(19, 0x42)],
    ['is no database', () => writeFileSync(path, 'hello, this is not a database at all'.repeat(100))],
    ['gives no tables', () => overwrite(100, ...new Array<number>(200).fill(0xa5))],
  ])('that %s is refused when it is opened, with what to do, and left as it is', (_, spoil) => {
    spoil();
    const before = readFileSync(path);
    expect(() => SqliteHitStore.open(path)).toThrow(
      expect.objectContaining({ code: 'centre/store-damaged', message: expect.stringContaining('put a backup') }),
    );
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('whose head lets nobody write can be copied as it is said, with every hit', async () => {
    overwrite(18, 0x42);
    const damaged = openDatabase(path, { readonly: true });
    damaged.exec(`VACUUM INTO '${path}.copy'`);
    damaged.close();
    for (const suffix of ['', '-wal', '-shm'])
      if (existsSync(path + suffix)) renameSync(path + suffix, join(folder, `damaged${suffix}`));
    renameSync(`${path}.copy`, path);
    const store = SqliteHitStore.open(path);
    expect(await store.counts()).toMatchObject({ hits: 1 });
    await store.addHits([{ hit: sampleHit(), body: Buffer.of(1) }], 2_000);
    await store.close();
  });
});
