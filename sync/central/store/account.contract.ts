import { describe, expect, it } from 'vitest';
import type { Hit } from '../../uplink/hit.ts';
import { sampleHit } from '../../uplink/sample-hit.test-data.ts';
import { dayOf } from './evaluation.ts';
import { type StoreHarness, storeForEach } from './store-harness.fixture.ts';
import {
  aDayMs,
  arrival,
  health,
  hitWith,
  minute,
  node,
  plate,
  presence,
  withdrawal,
} from './store-samples.test-data.ts';

/** What the centre's store promises of nodes and counts, whatever database is behind it. */
export function accountContract(name: string, start: () => Promise<StoreHarness>): void {
  describe(`the accounts of the centre's store (${name})`, () => {
    const centre = storeForEach(start);

    it('keeps the latest word of each node, and counts passages over restarts but not twice', async () => {
      const day = dayOf(Date.UTC(2026, 4, 1));
      const atMs = Date.UTC(2026, 4, 1, 12);
      const passages = async () =>
        (await centre.store.traffic({ firstDay: day, lastDay: day + 1 })).filter(
          ({ counter }) => counter === 'passages',
        );
      await centre.store.noteHealth(health(minute(0), 60, 100), atMs);
      await centre.store.noteHealth(health(minute(0), 60, 100), atMs);
      await centre.store.noteHealth(health(minute(1), 120, 130), atMs + 60_000);
      await centre.store.noteHealth(health(minute(0), 60, 100), atMs + 60_000);
      expect(await passages()).toEqual([{ day, node, counter: 'passages', value: 130 }]);
      await centre.store.noteHealth(health(minute(9), 30, 5), atMs + aDayMs);
      expect(await passages()).toEqual([
        { day, node, counter: 'passages', value: 130 },
        { day: day + 1, node, counter: 'passages', value: 5 },
      ]);
      const counters = (await centre.store.traffic({ firstDay: day, lastDay: day })).map(({ counter }) => counter);
      expect(counters).toEqual(['frames', 'passages']);
      await centre.store.notePresence(presence('lost'), 7);
      expect(await centre.store.nodes()).toMatchObject([
        { node, presence: { state: 'lost' }, presenceMs: 7, health: { upSeconds: 30 }, lastHitMs: null },
      ]);
    });

    it('counts a node whose clock was set back, and survives counters that lie', async () => {
      const day = dayOf(1_000);
      await centre.store.noteHealth(health('2031-01-01T00:00:00.000Z', 60, 10), 1_000);
      await centre.store.noteHealth(health(minute(1), 120, 1e300), 2_000);
      await centre.store.noteHealth({ ...health(minute(2), 180, 12.5), funnel: { passages: 0.9 } }, 3_000);
      const [first] = (await centre.store.traffic({ firstDay: day, lastDay: day })).filter(
        (one) => one.counter === 'passages',
      );
      expect(first?.value).toBe(1e10);
      expect((await centre.store.nodes())[0]?.health?.time).toBe(minute(2));
    });

    it('counts hits by anything, and keeps the counts when the hits are erased', async () => {
      const day = dayOf(Date.UTC(2026, 4, 2));
      const startMs = day * aDayMs;
      const hits = [
        hitWith({ camera: 'a' }),
        hitWith({ camera: 'a', country: 'F' }),
        hitWith({ camera: 'b' }),
        hitWith({}),
      ];
      const [first, second, third, last] = hits as [Hit, Hit, Hit, Hit];
      await centre.store.addHits([first, second].map(arrival), startMs + 1);
      await centre.store.addHits([arrival(third)], startMs + aDayMs);
      await centre.store.addHits([arrival(last)], startMs + 5 * aDayMs);
      const misread = { step: 'verdict', verdict: 'misread', note: '' } as const;
      await centre.store.followUp(first.id, misread, { by: 'x', atMs: startMs + 60_001 });
      await centre.store.withdraw(withdrawal(third.id), startMs + aDayMs);
      const period = { firstDay: day, lastDay: day + 1 };
      const account = async () => ({
        outcomes: await centre.store.tally(period, ['camera', 'outcome']),
        times: await centre.store.tally(period, ['seen_after', 'dispatched_after']),
        days: await centre.store.tally({ firstDay: day, lastDay: day + 5 }, ['day', 'country']),
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
      expect(await centre.store.erase(startMs + 2 * aDayMs)).toBe(3);
      expect(await centre.store.counts()).toMatchObject({ hits: 1 });
      expect(await centre.store.hit(first.id)).toBeNull();
      expect(await centre.store.history(first.id)).toEqual([]);
      expect(await account()).toEqual(before);
    });

    it('takes a hit that comes again after it was erased for one that it has, and knows it no more after 400 days', async () => {
      const arrivedMs = Date.UTC(2026, 4, 1);
      const nowMs = arrivedMs + 28 * aDayMs;
      const hit = sampleHit({ timeMs: arrivedMs, evidence: { plate } });
      const fresh = sampleHit({ timeMs: arrivedMs });
      await centre.store.addHits([arrival(hit)], arrivedMs);
      expect(await centre.store.erase(nowMs, { nowMs })).toBe(1);
      const period = { firstDay: 0, lastDay: dayOf(nowMs) };
      const tally = await centre.store.tally(period, ['day', 'node']);
      expect(await centre.store.addHits([arrival(hit)], nowMs)).toEqual(['duplicate']);
      expect(await centre.store.addPicture(node, hit.id, 'plate', plate)).toBe('erased-hit');
      expect(await centre.store.withdraw(withdrawal(hit.id), nowMs, { ofKnownHit: true })).toBe('new');
      expect(await centre.store.counts()).toEqual({ hits: 0, pictures: 0 });
      expect(await centre.store.tally(period, ['day', 'node'])).toEqual(tally);
      expect(await centre.store.addHits([hit, fresh, hit].map(arrival), nowMs)).toEqual([
        'duplicate',
        'new',
        'duplicate',
      ]);
      expect((await centre.store.latest(10)).map((one) => one.hit)).toEqual([fresh]);
      await centre.store.erase(0, { nowMs: nowMs + 400 * aDayMs });
      expect(await centre.store.addHits([arrival(hit)], nowMs)).toEqual(['duplicate']);
      await centre.store.erase(0, { nowMs: nowMs + 401 * aDayMs });
      expect(await centre.store.addHits([arrival(hit)], nowMs)).toEqual(['new']);
    });

    it('erases no hit that came while the clock was years behind, until its node calls it old as well', async () => {
      const madeMs = Date.UTC(2026, 4, 1, 12);
      const arrivedMs = Date.UTC(2000, 0, 1);
      const hit = sampleHit({ timeMs: madeMs });
      await centre.store.withdraw(withdrawal(hit.id), arrivedMs);
      expect(await centre.store.erase(madeMs)).toBe(0);
      await centre.store.addHits([arrival(hit)], arrivedMs);
      expect(await centre.store.erase(madeMs)).toBe(0);
      expect(await centre.store.hit(hit.id)).toMatchObject({ state: 'withdrawn' });
      expect(await centre.store.erase(madeMs + 1)).toBe(1);
    });

    it('erases a hit whose node was ahead of its time when it is told to look at the arrival alone', async () => {
      const hit = sampleHit({ timeMs: Date.UTC(2031, 0, 1) });
      const arrivedMs = Date.UTC(2026, 4, 1);
      await centre.store.addHits([arrival(hit)], arrivedMs);
      expect(await centre.store.erase(arrivedMs + aDayMs)).toBe(0);
      expect(await centre.store.erase(arrivedMs, { byArrivalAlone: true })).toBe(0);
      expect(await centre.store.erase(arrivedMs + aDayMs, { byArrivalAlone: true })).toBe(1);
    });
  });
}
