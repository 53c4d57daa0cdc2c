import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../database/database.ts';
import { sampleHit, samplePicture } from '../../uplink/sample-hit.test-data.ts';
import { SqliteHitStore } from '../sqlite-hit-store.ts';
import { erase } from './erase-hits.ts';
import type { SqlDatabase, SqlSession } from './sql-database.ts';
import { SqliteDatabase } from './sqlite-database.ts';
import { arrival, node } from './store-samples.test-data.ts';

const megabyte = 1024 * 1024;
const arrivedMs = Date.UTC(2026, 4, 1);
const beforeMs = Date.UTC(2026, 5, 1);

/** A store's file with so many hits that have a scene of half a megabyte each. */
async function fill(hits: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-erase-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'hits.sqlite');
  const store = SqliteHitStore.open(file);
  for (let at = 0; at < hits; at += 1) {
    const scene = samplePicture(megabyte / 2, at);
    const hit = sampleHit({ evidence: { scene } });
    await store.addHits([arrival(hit)], arrivedMs);
    await store.addPicture(node, hit.id, 'scene', scene);
  }
  await store.close();
  return file;
}

const isFull = () => Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });

/** A disk that has room for the erasing of so many hits at once. */
class TightDatabase extends SqliteDatabase {
  readonly lots: number[] = [];
  readonly #most: number;

  constructor(file: string, most: number) {
    super(openDatabase(file));
    this.#most = most;
  }

  override write<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return super.write(async (session) => {
      const before = await count(session);
      const result = await work(session);
      const gone = before - (await count(session));
      if (gone > this.#most) throw isFull();
      this.lots.push(gone);
      return result;
    });
  }
}

/** A disk that has no room for anything once fewer hits than these would be left. */
class FillingDatabase extends SqliteDatabase {
  readonly #least: number;

  constructor(file: string, least: number) {
    super(openDatabase(file));
    this.#least = least;
  }

  override write<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return super.write(async (session) => {
      const result = await work(session);
      if ((await count(session)) < this.#least) throw isFull();
      return result;
    });
  }
}

async function count(session: SqlSession): Promise<number> {
  const [row] = await session.query<{ hits: number }>('SELECT COUNT(*) AS hits FROM hits');
  return row?.hits ?? 0;
}

function opened<Kept extends SqlDatabase>(database: Kept): Kept {
  onTestFinished(() => database.close());
  return database;
}

describe('the erasing of many hits with pictures', () => {
  it('needs no more room than a few pictures take', async () => {
    const file = await fill(32);
    let most = 0;
    const onStatement = () => {
      most = Math.max(most, statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0);
    };
    const store = new SqliteHitStore(openDatabase(file, { onStatement }));
    onTestFinished(() => store.close());
    expect(await store.erase(beforeMs)).toBe(32);
    expect(await store.counts()).toEqual({ hits: 0, pictures: 0 });
    expect(most).toBeGreaterThan(2 * megabyte);
    expect(most).toBeLessThan(7 * megabyte);
  });

  it('goes on with fewer at once where the disk has no room for more', async () => {
    const database = opened(new TightDatabase(await fill(12), 3));
    expect(await erase(database, beforeMs)).toBe(12);
    expect(database.lots.reduce((sum, hits) => sum + hits)).toBe(12);
  });

  it('ends where there is no room for one, with all hits there', async () => {
    const database = opened(new TightDatabase(await fill(3), 0));
    await expect(erase(database, beforeMs)).rejects.toMatchObject({ code: 'SQLITE_FULL' });
    expect(await count(database)).toBe(3);
  });

  it('says what is gone though the disk has no room for more later, and leaves no copies of that', async () => {
    const file = await fill(12);
    const database = opened(new FillingDatabase(file, 5));
    const gone: number[] = [];
    const erasing = erase(database, beforeMs, { onErased: (hits) => gone.push(hits) });
    await expect(erasing).rejects.toMatchObject({ code: 'SQLITE_FULL' });
    const left = await count(database);
    expect(left).toBeGreaterThanOrEqual(5);
    expect(left).toBeLessThan(12);
    expect(gone.reduce((sum, hits) => sum + hits)).toBe(12 - left);
    expect(statSync(`${file}-wal`).size).toBe(0);
  });
});
