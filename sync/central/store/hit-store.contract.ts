import { describe, expect, it } from 'vitest';
import { sampleHit } from '../../uplink/sample-hit.test-data.ts';
import { ids, type StoreHarness, storeForEach } from './store-harness.fixture.ts';
import { arrival, hitWith, node, officer, plate, presence, scene } from './store-samples.test-data.ts';

/** What the centre's store promises of taking in hits and giving them out, whatever database is behind it. */
export function hitStoreContract(name: string, start: () => Promise<StoreHarness>): void {
  describe(`the centre's store (${name})`, () => {
    const centre = storeForEach(start);

    it('keeps a batch of hits exactly as they were, each once', async () => {
      const [first, second, third] = [sampleHit(), sampleHit(), sampleHit()];
      const changed = sampleHit({ id: first.id, priority: 9 });
      expect(await centre.store.addHits([first, second].map(arrival), 1_000)).toEqual(['new', 'new']);
      const again = [second, third, third, changed].map(arrival);
      expect(await centre.store.addHits(again, 2_000)).toEqual(['duplicate', 'new', 'duplicate', 'conflict']);
      expect(await centre.store.hit(first.id)).toEqual({
        hit: first,
        receivedMs: 1_000,
        state: 'new',
        seen: null,
        dispatched: null,
        verdict: null,
        withdrawn: null,
        pictures: [],
      });
      expect(await centre.store.counts()).toEqual({ hits: 3, pictures: 0 });
      expect(await centre.store.addHits([], 3_000)).toEqual([]);
    });

    it('takes more hits at once than fit into one statement', async () => {
      const hits = Array.from({ length: 2_100 }, () => sampleHit());
      expect(new Set(await centre.store.addHits(hits.map(arrival), 1_000))).toEqual(new Set(['new']));
      expect(await centre.store.counts()).toMatchObject({ hits: 2_100 });
    });

    it('takes a picture only with the hash and from the node that its hit names', async () => {
      const hit = sampleHit({ evidence: { plate, scene } });
      await centre.add(hit);
      expect(await centre.store.addPicture(node, sampleHit().id, 'plate', plate)).toBe('unknown-hit');
      expect(await centre.store.addPicture('another', hit.id, 'plate', plate)).toBe('unknown-hit');
      expect(await centre.store.addPicture(node, hit.id, 'plate', scene)).toBe('wrong-hash');
      expect(await centre.store.picture(hit.id, 'plate')).toBeNull();
      expect(await centre.store.addPicture(node, hit.id, 'plate', plate)).toBe('new');
      expect(await centre.store.addPicture(node, hit.id, 'plate', plate)).toBe('duplicate');
      expect(await centre.store.addPicture(node, hit.id, 'scene', scene)).toBe('new');
      expect(Buffer.from((await centre.store.picture(hit.id, 'plate')) ?? [])).toEqual(Buffer.from(plate));
      expect((await centre.store.hit(hit.id))?.pictures).toEqual(['plate', 'scene']);
      expect(await centre.store.counts()).toEqual({ hits: 1, pictures: 2 });
    });

    it('shows hits page by page, the latest first, even when all came in the same instant', async () => {
      const hits = Array.from({ length: 7 }, () => sampleHit());
      await centre.store.addHits(hits.map(arrival), 1_000);
      await centre.store.addHits([arrival(sampleHit())], 2_000);
      const pages: string[][] = [];
      let after: string | null | undefined;
      while (after !== null) {
        const page = await centre.store.hits({ limit: 3, after });
        pages.push(ids(page.hits));
        after = page.next;
      }
      expect(pages.map((page) => page.length)).toEqual([3, 3, 2]);
      expect(pages.flat().slice(1)).toEqual(
        hits
          .map(({ id }) => id)
          .sort()
          .reverse(),
      );
      expect((await centre.store.hits({ limit: 3, after: "0'; DROP TABLE hits; --" })).hits).toHaveLength(3);
      expect((await centre.store.hits({ limit: 0 })).hits).toHaveLength(1);
    });

    it('finds hits by what an officer may ask, and by all of it together', async () => {
      const belgian = hitWith({ list: 'stolen', country: 'B' });
      const dutch = hitWith({ list: 'wanted', country: null, camera: 'south-2', action: 'observe', listed: '12?BCD' });
      const other = hitWith({ node: 'gantry-8', country: 'F' });
      await centre.add(belgian, dutch, other);
      const find = async (filter: object) => ids((await centre.store.hits({ limit: 10, ...filter })).hits);
      expect(await find({ list: 'wanted' })).toEqual([dutch.id]);
      expect(await find({ authority: 'be-fedpol', list: 'stolen' })).toEqual([other.id, belgian.id]);
      expect(await find({ country: 'B' })).toEqual([dutch.id, belgian.id]);
      expect(await find({ node: 'gantry-8' })).toEqual([other.id]);
      expect(await find({ camera: 'south-2', action: 'observe' })).toEqual([dutch.id]);
      expect(await find({ plate: '12?BCD' })).toEqual([dutch.id]);
      expect(await find({ plate: '1ABC234', country: 'F', grade: 'confirmed' })).toEqual([other.id]);
      expect(await find({ fromMs: 1_001, toMs: 1_002 })).toEqual([dutch.id]);
      await centre.store.followUp(dutch.id, { step: 'dispatched' }, officer);
      expect(await find({ states: ['new', 'dispatched'], node })).toEqual([dutch.id, belgian.id]);
      expect(await find({ states: ['seen', 'closed'] })).toEqual([]);
      expect(await find({ states: [] })).toEqual([]);
      expect(await find({ plate: "' OR 1=1 --" })).toEqual([]);
    });

    it('tells what changed since a cursor, in order and without leaving anything out', async () => {
      const [one, two] = [sampleHit({ evidence: { plate } }), sampleHit()];
      const start = await centre.store.cursor();
      await centre.add(one, two);
      const first = await centre.store.changesSince(start, 1);
      expect(ids(first.hits)).toEqual([one.id]);
      const second = await centre.store.changesSince(first.cursor, 10);
      expect(ids(second.hits)).toEqual([two.id]);
      expect(second.cursor).toBe(await centre.store.cursor());
      await centre.store.followUp(one.id, { step: 'seen' }, officer);
      await centre.store.addPicture(node, one.id, 'plate', plate);
      await centre.store.notePresence(presence('online'), 2_000);
      const third = await centre.store.changesSince(second.cursor, 10);
      expect(third.hits).toMatchObject([{ hit: one, state: 'seen', pictures: ['plate'] }]);
      expect(third.nodes).toMatchObject([{ node, presence: { state: 'online' } }]);
      expect(await centre.store.changesSince(third.cursor, 10)).toEqual({ cursor: third.cursor, hits: [], nodes: [] });
    });

    it('gives two readers of one database every change, however many processes write', async () => {
      const others = await Promise.all([centre.open(), centre.open()]);
      const writers = [centre.store, ...others];
      const seen = new Set<string>();
      let cursor = await centre.store.cursor();
      const hits = Array.from({ length: 240 }, () => sampleHit());
      let writing = true;
      const written = Promise.all(
        writers.map(async (writer, index) => {
          for (let at = index * 10; at < hits.length; at += writers.length * 10)
            await writer.addHits(hits.slice(at, at + 10).map(arrival), 1_000);
        }),
      ).finally(() => {
        writing = false;
      });
      for (;;) {
        const last = !writing;
        const changes = await centre.store.changesSince(cursor, 25);
        for (const { hit } of changes.hits) seen.add(hit.id);
        cursor = changes.cursor;
        if (last && changes.hits.length === 0) break;
        await new Promise(setImmediate);
      }
      await written;
      expect(seen.size).toBe(hits.length);
      await Promise.all(others.map((other) => other.close()));
    });

    it('has one name for all who open it, whoever asks first', async () => {
      const others = await Promise.all([centre.open(), centre.open()]);
      const names = await Promise.all([centre.store, ...others].map((store) => store.name()));
      expect(new Set([...names, await centre.store.name()]).size).toBe(1);
      await Promise.all(others.map((other) => other.close()));
    });

    it('stores a hit once when two processes are given it at the same time', async () => {
      const other = await centre.open();
      const hits = Array.from({ length: 50 }, () => sampleHit());
      const [here, there] = await Promise.all([
        centre.store.addHits(hits.map(arrival), 1_000),
        other.addHits([...hits].reverse().map(arrival), 1_000),
      ]);
      expect([...(here ?? []), ...(there ?? [])].filter((outcome) => outcome === 'new')).toHaveLength(50);
      expect(await centre.store.counts()).toMatchObject({ hits: 50 });
      await other.close();
    });
  });
}
