import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Hit } from '../../uplink/hit.ts';
import type { SqlHitStore } from './sql-hit-store.ts';
import { arrival } from './store-samples.test-data.ts';

/** A database to which several processes could open stores. */
export interface StoreHarness {
  /** A new and empty database; every opening of it is another store on the same. */
  fresh(): Promise<() => Promise<SqlHitStore>>;
  close(): Promise<void>;
}

/** The store of the test that runs. */
export interface StoreUnderTest {
  readonly store: SqlHitStore;
  /** Another store on the same database. */
  open(): Promise<SqlHitStore>;
  /** Stores these hits, one after the other. */
  add(...hits: readonly Hit[]): Promise<void>;
}

/** Gives each test of the suite it is called in a new and empty store. */
export function storeForEach(start: () => Promise<StoreHarness>): StoreUnderTest {
  let harness: StoreHarness;
  let open: () => Promise<SqlHitStore>;
  let store: SqlHitStore;
  beforeAll(async () => {
    harness = await start();
  });
  afterAll(() => harness.close());
  beforeEach(async () => {
    open = await harness.fresh();
    store = await open();
  });
  afterEach(() => store.close());
  return {
    get store() {
      return store;
    },
    open: () => open(),
    async add(...hits) {
      for (const [index, hit] of hits.entries()) await store.addHits([arrival(hit)], 1_000 + index);
    },
  };
}

export const ids = (hits: readonly { readonly hit: Hit }[]) => hits.map(({ hit }) => hit.id);
