import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeMessage } from '../../uplink/cloud-event.ts';
import { sampleHit, samplePicture } from '../../uplink/sample-hit.test-data.ts';
import { SqliteHitStore } from '../sqlite-hit-store.ts';
import { accountContract } from './account.contract.ts';
import { followUpContract } from './follow-up.contract.ts';
import { hitStoreContract } from './hit-store.contract.ts';
import { openHitStore } from './open-hit-store.ts';
import { type Postgres, postgresInstalled, startPostgres } from './start-postgres.ts';
import type { StoreHarness } from './store-harness.fixture.ts';

/** Everything that the centre's store promises. */
function contracts(name: string, start: () => Promise<StoreHarness>): void {
  for (const contract of [hitStoreContract, followUpContract, accountContract]) contract(name, start);
}

contracts('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-store-'));
  let files = 0;
  return {
    async fresh() {
      files += 1;
      const file = join(folder, `${files}.sqlite`);
      return async () => SqliteHitStore.open(file);
    },
    close: async () => rmSync(folder, { recursive: true }),
  };
});

if (postgresInstalled()) {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.close());

  contracts('PostgreSQL', async () => ({
    async fresh() {
      const url = postgres.database();
      return () => openHitStore(url);
    },
    close: async () => undefined,
  }));

  describe("a centre's PostgreSQL", () => {
    it('may crash: what was stored is there, and what comes meanwhile is put off and not lost', async () => {
      const store = await openHitStore(postgres.database());
      const [before, after] = [sampleHit({ evidence: { plate: samplePicture(9) } }), sampleHit()];
      const arrival = (hit: typeof before) => [{ hit, body: encodeMessage(hit) }];
      expect(await store.addHits(arrival(before), 1)).toEqual(['new']);
      await postgres.kill();
      expect(await store.addHits(arrival(after), 2)).toEqual(['unavailable']);
      expect(await store.addPicture('gantry-7', before.id, 'plate', samplePicture(9))).toBe('unavailable');
      await postgres.restart();
      expect(await store.addHits(arrival(after), 3)).toEqual(['new']);
      expect(await store.addHits(arrival(before), 3)).toEqual(['duplicate']);
      await store.close();
    });

    it('is opened by others while a receiver writes, and neither hinders the other', async () => {
      const url = postgres.database();
      const store = await openHitStore(url);
      let opening = true;
      const opened = (async () => {
        for (let times = 0; times < 15; times += 1) await (await openHitStore(url)).close();
      })().finally(() => {
        opening = false;
      });
      const outcomes = new Set<string>();
      while (opening) {
        const arrivals = Array.from({ length: 10 }, () => sampleHit()).map((hit) => ({
          hit,
          body: encodeMessage(hit),
        }));
        for (const outcome of await store.addHits(arrivals, 1)) outcomes.add(outcome);
      }
      await opened;
      expect([...outcomes]).toEqual(['new']);
      await store.close();
    });

    it('gets its tables once, however many processes begin together', async () => {
      const url = postgres.database();
      const stores = await Promise.all(Array.from({ length: 6 }, () => openHitStore(url)));
      expect(await Promise.all(stores.map((store) => store.cursor()))).toEqual([0, 0, 0, 0, 0, 0]);
      await Promise.all(stores.map((store) => store.close()));
    });
  });
}

describe("a store's name", () => {
  it('tells it from every other store', async () => {
    const stores = await Promise.all([openHitStore(':memory:'), openHitStore(':memory:')]);
    const [one, another] = await Promise.all(stores.map((store) => store.name()));
    expect(one).not.toBe(another);
    await Promise.all(stores.map((store) => store.close()));
  });
});

describe("a store's address", () => {
  it('that reaches no database is refused with its address and without its password', async () => {
    const wrong = openHitStore('postgres://centre:topsecret@127.0.0.1:9/hits');
    await expect(wrong).rejects.toMatchObject({ code: 'centre/store-unreachable' });
    await expect(wrong).rejects.toThrow(/^(?!.*topsecret).*127\.0\.0\.1:9\/hits/);
    await expect(openHitStore('mysql://somewhere/hits')).rejects.toMatchObject({ code: 'centre/bad-store' });
  });
});
