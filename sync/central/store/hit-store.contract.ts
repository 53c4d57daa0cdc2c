import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { uuidV7 } from '../../../config/foundation/uuid-v7.ts';
import { encodeMessage } from '../../uplink/cloud-event.ts';
import type { Health, Presence } from '../../uplink/health.ts';
import type { Hit, Withdrawn } from '../../uplink/hit.ts';
import { sampleHit, samplePicture } from '../../uplink/sample-hit.test-data.ts';
import { dayOf } from './evaluation.ts';
import type { SqlHitStore } from './sql-hit-store.ts';

/** A database to which several processes could open stores. */
export interface StoreHarness {
  /** A new and empty database; every opening of it is another store on the same. */
  fresh(): Promise<() => Promise<SqlHitStore>>;
  close(): Promise<void>;
}

const node = 'gantry-7';
const plate = samplePicture(3_000, 1);
const scene = samplePicture(5_000, 2);
const officer = { by: 'K. Jansen', atMs: 5_000 };
const aDayMs = 86_400_000;
const arrival = (hit: Hit) => ({ hit, body: encodeMessage(hit) });
const minute = (minutes: number): string => new Date(Date.UTC(2026, 4, 1, 12, minutes)).toISOString();

/** A hit with other facts than the sample's. */
function hitWith(data: {
  readonly node?: string;
  readonly camera?: string;
  readonly list?: string;
  readonly country?: string | null;
  readonly action?: Hit['data']['entry']['action'];
  readonly listed?: string;
}): Hit {
  const hit = sampleHit({ node: data.node ?? node });
  const { observation, list, plate: read, entry } = hit.data;
  return {
    ...hit,
    data: {
      ...hit.data,
      observation: { ...observation, camera: data.camera ?? observation.camera },
      list: { ...list, id: data.list ?? list.id },
      plate: {
        ...read,
        listed: data.listed ?? read.listed,
        listedCountry: data.country === undefined ? read.listedCountry : data.country,
      },
      entry: { ...entry, action: data.action ?? entry.action },
    },
  };
}

const presence = (state: Presence['state']): Presence => ({
  node,
  site: 'hazeldonk-a16',
  state,
  software: '0.2.0',
  startedAt: minute(0),
});

function health(time: string, upSeconds: number, passages: number): Health {
  return {
    node,
    time,
    upSeconds,
    software: '0.2.0',
    inhibited: null,
    models: { reader: '3' },
    cameras: [{ name: 'north-1', state: 'ok' }],
    lists: [{ list: 'be-fedpol/stolen', version: 41, state: 'fresh' }],
    funnel: { frames: passages * 30, passages, hits: 1, 'made-up': 7 },
    abstained: {},
    outbox: { hits: 0, pictures: 0, dropped: 0, oldestSeconds: null },
    clock: { synchronised: true, errorMs: 2 },
    temperatureC: 41,
    diskFreeMb: 9_000,
  };
}

const withdrawal = (hit: string, from = node): Withdrawn => ({
  specversion: '1.0',
  id: uuidV7(Date.now()),
  source: `/nodes/${from}`,
  type: 'eu.hazeldonk.anpr.hit.withdrawn.v1',
  time: minute(1),
  datacontenttype: 'application/json',
  data: { node: from, hit, reason: 'the plate was read again' },
});

/** What the centre's store promises, whatever database is behind it. */
export function hitStoreContract(name: string, start: () => Promise<StoreHarness>): void {
  describe(`the centre's store (${name})`, () => {
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

    const add = async (...hits: readonly Hit[]) => {
      for (const [index, hit] of hits.entries()) await store.addHits([arrival(hit)], 1_000 + index);
    };
    const ids = (hits: readonly { readonly hit: Hit }[]) => hits.map(({ hit }) => hit.id);

    it('keeps a batch of hits exactly as they were, each once', async () => {
      const [first, second, third] = [sampleHit(), sampleHit(), sampleHit()];
      const changed = sampleHit({ id: first.id, priority: 9 });
      expect(await store.addHits([first, second].map(arrival), 1_000)).toEqual(['new', 'new']);
      const again = [second, third, third, changed].map(arrival);
      expect(await store.addHits(again, 2_000)).toEqual(['duplicate', 'new', 'duplicate', 'conflict']);
      expect(await store.hit(first.id)).toEqual({
        hit: first,
        receivedMs: 1_000,
        state: 'new',
        seen: null,
        dispatched: null,
        verdict: null,
        withdrawn: null,
        pictures: [],
      });
      expect(await store.counts()).toEqual({ hits: 3, pictures: 0 });
      expect(await store.addHits([], 3_000)).toEqual([]);
    });

    it('takes more hits at once than fit into one statement', async () => {
      const hits = Array.from({ length: 2_100 }, () => sampleHit());
      expect(new Set(await store.addHits(hits.map(arrival), 1_000))).toEqual(new Set(['new']));
      expect(await store.counts()).toMatchObject({ hits: 2_100 });
    });

    it('takes a picture only with the hash and from the node that its hit names', async () => {
      const hit = sampleHit({ evidence: { plate, scene } });
      await add(hit);
      expect(await store.addPicture(node, sampleHit().id, 'plate', plate)).toBe('unknown-hit');
      expect(await store.addPicture('another', hit.id, 'plate', plate)).toBe('unknown-hit');
      expect(await store.addPicture(node, hit.id, 'plate', scene)).toBe('wrong-hash');
      expect(await store.picture(hit.id, 'plate')).toBeNull();
      expect(await store.addPicture(node, hit.id, 'plate', plate)).toBe('new');
      expect(await store.addPicture(node, hit.id, 'plate', plate)).toBe('duplicate');
      expect(await store.addPicture(node, hit.id, 'scene', scene)).toBe('new');
      expect(Buffer.from((await store.picture(hit.id, 'plate')) ?? [])).toEqual(Buffer.from(plate));
      expect((await store.hit(hit.id))?.pictures).toEqual(['plate', 'scene']);
      expect(await store.counts()).toEqual({ hits: 1, pictures: 2 });
    });

    it('shows hits page by page, the latest first, even when all came in the same instant', async () => {
      const hits = Array.from({ length: 7 }, () => sampleHit());
      await store.addHits(hits.map(arrival), 1_000);
      await store.addHits([arrival(sampleHit())], 2_000);
      const pages: string[][] = [];
      let after: string | null | undefined;
      while (after !== null) {
        const page = await store.hits({ limit: 3, after });
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
      expect((await store.hits({ limit: 3, after: "0'; DROP TABLE hits; --" })).hits).toHaveLength(3);
      expect((await store.hits({ limit: 0 })).hits).toHaveLength(1);
    });

    it('finds hits by what an officer may ask, and by all of it together', async () => {
      const belgian = hitWith({ list: 'stolen', country: 'B' });
      const dutch = hitWith({ list: 'wanted', country: null, camera: 'south-2', action: 'observe', listed: '12?BCD' });
      const other = hitWith({ node: 'gantry-8', country: 'F' });
      await add(belgian, dutch, other);
      const find = async (filter: object) => ids((await store.hits({ limit: 10, ...filter })).hits);
      expect(await find({ list: 'wanted' })).toEqual([dutch.id]);
      expect(await find({ authority: 'be-fedpol', list: 'stolen' })).toEqual([other.id, belgian.id]);
      expect(await find({ country: 'B' })).toEqual([dutch.id, belgian.id]);
      expect(await find({ node: 'gantry-8' })).toEqual([other.id]);
      expect(await find({ camera: 'south-2', action: 'observe' })).toEqual([dutch.id]);
      expect(await find({ plate: '12?BCD' })).toEqual([dutch.id]);
      expect(await find({ plate: '1ABC234', country: 'F', grade: 'confirmed' })).toEqual([other.id]);
      expect(await find({ fromMs: 1_001, toMs: 1_002 })).toEqual([dutch.id]);
      await store.followUp(dutch.id, { step: 'dispatched' }, officer);
      expect(await find({ states: ['new', 'dispatched'], node })).toEqual([dutch.id, belgian.id]);
      expect(await find({ states: ['seen', 'closed'] })).toEqual([]);
      expect(await find({ states: [] })).toEqual([]);
      expect(await find({ plate: "' OR 1=1 --" })).toEqual([]);
    });

    it('records who saw, dispatched and judged, and when; the first mark stays, a verdict can be corrected', async () => {
      const hit = sampleHit();
      await add(hit);
      const verdict = { step: 'verdict', verdict: 'misread', note: 'B, not 8: Straße "x"; --' } as const;
      expect(await store.followUp(hit.id, { step: 'seen' }, officer)).toBe('done');
      expect(await store.followUp(hit.id, { step: 'seen' }, { by: 'another', atMs: 6_000 })).toBe('already');
      expect(await store.followUp(hit.id, { step: 'dispatched' }, { by: 'another', atMs: 7_000 })).toBe('done');
      expect(await store.hit(hit.id)).toMatchObject({ state: 'dispatched', seen: officer });
      expect(await store.followUp(hit.id, { ...verdict, verdict: 'confirmed' }, officer)).toBe('done');
      expect(await store.followUp(hit.id, verdict, { ...officer, atMs: 8_000 })).toBe('done');
      expect(await store.followUp(hit.id, verdict, { ...officer, atMs: 9_000 })).toBe('already');
      expect(await store.hit(hit.id)).toMatchObject({
        state: 'closed',
        seen: officer,
        dispatched: { by: 'another', atMs: 7_000 },
        verdict: { verdict: 'misread', note: verdict.note, by: officer.by, atMs: 8_000 },
      });
      expect((await store.history(hit.id)).map(({ step, by }) => [step, by])).toEqual([
        ['seen', officer.by],
        ['dispatched', 'another'],
        ['verdict', officer.by],
        ['verdict', officer.by],
      ]);
      expect(await store.followUp(sampleHit().id, { step: 'seen' }, officer)).toBe('unknown-hit');
      expect(await store.history(sampleHit().id)).toEqual([]);
    });

    it('counts whoever dispatches or judges as having seen', async () => {
      const [sent, judged] = [sampleHit(), sampleHit()];
      await add(sent, judged);
      await store.followUp(sent.id, { step: 'dispatched' }, officer);
      await store.followUp(judged.id, { step: 'verdict', verdict: 'other', note: '' }, officer);
      expect(await store.hit(sent.id)).toMatchObject({ seen: officer, dispatched: officer });
      expect(await store.hit(judged.id)).toMatchObject({ seen: officer, dispatched: null, state: 'closed' });
    });

    it('lets a node take back its own hits only, before or after they came', async () => {
      const [early, late] = [sampleHit(), sampleHit()];
      expect(await store.withdraw(withdrawal(early.id), 900)).toBe('new');
      await add(early, late);
      expect(await store.withdraw(withdrawal(late.id, 'another'), 2_000)).toBe('new');
      expect((await store.hit(late.id))?.state).toBe('new');
      expect(await store.withdraw(withdrawal(late.id), 2_000)).toBe('new');
      expect(await store.withdraw(withdrawal(late.id), 3_000)).toBe('duplicate');
      const withdrawn = { reason: 'the plate was read again', atMs: 2_000 };
      expect(await store.hit(late.id)).toMatchObject({ state: 'withdrawn', withdrawn });
      expect((await store.hit(early.id))?.state).toBe('withdrawn');
    });

    it('tells what changed since a cursor, in order and without leaving anything out', async () => {
      const [one, two] = [sampleHit({ evidence: { plate } }), sampleHit()];
      const start = await store.cursor();
      await add(one, two);
      const first = await store.changesSince(start, 1);
      expect(ids(first.hits)).toEqual([one.id]);
      const second = await store.changesSince(first.cursor, 10);
      expect(ids(second.hits)).toEqual([two.id]);
      expect(second.cursor).toBe(await store.cursor());
      await store.followUp(one.id, { step: 'seen' }, officer);
      await store.addPicture(node, one.id, 'plate', plate);
      await store.notePresence(presence('online'), 2_000);
      const third = await store.changesSince(second.cursor, 10);
      expect(third.hits).toMatchObject([{ hit: one, state: 'seen', pictures: ['plate'] }]);
      expect(third.nodes).toMatchObject([{ node, presence: { state: 'online' } }]);
      expect(await store.changesSince(third.cursor, 10)).toEqual({ cursor: third.cursor, hits: [], nodes: [] });
    });

    it('gives two readers of one database every change, however many processes write', async () => {
      const others = await Promise.all([open(), open()]);
      const writers = [store, ...others];
      const seen = new Set<string>();
      let cursor = await store.cursor();
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
        const changes = await store.changesSince(cursor, 25);
        for (const { hit } of changes.hits) seen.add(hit.id);
        cursor = changes.cursor;
        if (last && changes.hits.length === 0) break;
        await new Promise(setImmediate);
      }
      await written;
      expect(seen.size).toBe(hits.length);
      await Promise.all(others.map((other) => other.close()));
    });

    it('stores a hit once when two processes are given it at the same time', async () => {
      const other = await open();
      const hits = Array.from({ length: 50 }, () => sampleHit());
      const [here, there] = await Promise.all([
        store.addHits(hits.map(arrival), 1_000),
        other.addHits([...hits].reverse().map(arrival), 1_000),
      ]);
      expect([...(here ?? []), ...(there ?? [])].filter((outcome) => outcome === 'new')).toHaveLength(50);
      expect(await store.counts()).toMatchObject({ hits: 50 });
      await other.close();
    });

    it('keeps the latest word of each node, and counts passages over restarts but not twice', async () => {
      const day = dayOf(Date.UTC(2026, 4, 1));
      const atMs = Date.UTC(2026, 4, 1, 12);
      const passages = async () =>
        (await store.traffic({ firstDay: day, lastDay: day + 1 })).filter(({ counter }) => counter === 'passages');
      await store.noteHealth(health(minute(0), 60, 100), atMs);
      await store.noteHealth(health(minute(0), 60, 100), atMs);
      await store.noteHealth(health(minute(1), 120, 130), atMs + 60_000);
      await store.noteHealth(health(minute(0), 60, 100), atMs + 60_000);
      expect(await passages()).toEqual([{ day, node, counter: 'passages', value: 130 }]);
      await store.noteHealth(health(minute(9), 30, 5), atMs + aDayMs);
      expect(await passages()).toEqual([
        { day, node, counter: 'passages', value: 130 },
        { day: day + 1, node, counter: 'passages', value: 5 },
      ]);
      const counters = (await store.traffic({ firstDay: day, lastDay: day })).map(({ counter }) => counter);
      expect(counters).toEqual(['frames', 'hits', 'passages']);
      await store.notePresence(presence('lost'), 7);
      expect(await store.nodes()).toMatchObject([
        { node, presence: { state: 'lost' }, presenceMs: 7, health: { upSeconds: 30 }, lastHitMs: null },
      ]);
    });

    it('counts a node whose clock was set back, and survives counters that lie', async () => {
      const day = dayOf(1_000);
      await store.noteHealth(health('2031-01-01T00:00:00.000Z', 60, 10), 1_000);
      await store.noteHealth(health(minute(1), 120, 1e300), 2_000);
      await store.noteHealth({ ...health(minute(2), 180, 12.5), funnel: { passages: 0.9 } }, 3_000);
      const [first] = (await store.traffic({ firstDay: day, lastDay: day })).filter(
        (one) => one.counter === 'passages',
      );
      expect(first?.value).toBe(1e10);
      expect((await store.nodes())[0]?.health?.time).toBe(minute(2));
    });

    it('tells nodes that are there what became of their hits, once, and never of a discreet one', async () => {
      const [open, discreet, away] = [sampleHit(), hitWith({ action: 'discreet-check' }), sampleHit({ node: 'away' })];
      await add(open, discreet, away);
      for (const { id } of [open, discreet, away]) await store.followUp(id, { step: 'seen' }, officer);
      await store.followUp(
        open.id,
        { step: 'verdict', verdict: 'stale-entry', note: 'secret' },
        { ...officer, atMs: 6_000 },
      );
      const claim = { nowMs: 10_000, untilMs: 20_000, limit: 10 };
      expect(await store.claimUntold(claim)).toEqual([]);
      await store.notePresence(presence('online'), 1);
      const claimed = await store.claimUntold(claim);
      const about = { hit: open.id, node, camera: 'north-1', list: { authority: 'be-fedpol', id: 'stolen' } };
      expect(claimed).toMatchObject([
        { ...about, step: 'seen', verdict: null },
        { ...about, step: 'verdict', verdict: 'stale-entry' },
      ]);
      expect(await store.claimUntold(claim)).toEqual([]);
      await store.markTold(typeof claimed === 'string' ? [] : claimed.slice(1).map(({ id }) => id));
      expect(await store.claimUntold({ ...claim, nowMs: 20_000, untilMs: 30_000 })).toMatchObject([{ step: 'seen' }]);
      await store.markTold([]);
    });

    it('counts hits by anything, and keeps the counts when the hits are erased', async () => {
      const day = 20_000;
      const startMs = day * aDayMs;
      const hits = [
        hitWith({ camera: 'a' }),
        hitWith({ camera: 'a', country: 'F' }),
        hitWith({ camera: 'b' }),
        hitWith({}),
      ];
      const [first, second, third, last] = hits as [Hit, Hit, Hit, Hit];
      await store.addHits([first, second].map(arrival), startMs + 1);
      await store.addHits([arrival(third)], startMs + aDayMs);
      await store.addHits([arrival(last)], startMs + 5 * aDayMs);
      const misread = { step: 'verdict', verdict: 'misread', note: '' } as const;
      await store.followUp(first.id, misread, { by: 'x', atMs: startMs + 60_001 });
      await store.withdraw(withdrawal(third.id), startMs + aDayMs);
      const period = { firstDay: day, lastDay: day + 1 };
      const account = async () => ({
        outcomes: await store.tally(period, ['camera', 'outcome']),
        times: await store.tally(period, ['seen_after', 'dispatched_after']),
        days: await store.tally({ firstDay: day, lastDay: day + 5 }, ['day', 'country']),
      });
      const before = await account();
      expect(before.outcomes).toEqual([
        { camera: 'a', outcome: 'misread', hits: 1 },
        { camera: 'a', outcome: 'open', hits: 1 },
        { camera: 'b', outcome: 'withdrawn', hits: 1 },
      ]);
      expect(before.times).toEqual([
        { seen_after: -1, dispatched_after: -1, hits: 2 },
        { seen_after: 3, dispatched_after: -1, hits: 1 },
      ]);
      expect(before.days).toHaveLength(4);
      expect(await store.erase(startMs + 2 * aDayMs)).toBe(3);
      expect(await store.counts()).toMatchObject({ hits: 1 });
      expect(await store.hit(first.id)).toBeNull();
      expect(await store.history(first.id)).toEqual([]);
      expect(await account()).toEqual(before);
    });
  });
}
