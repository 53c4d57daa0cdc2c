import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogFields } from '../../config/foundation/log.ts';
import { sampleHit } from '../uplink/sample-hit.test-data.ts';
import { Retention } from './retention.ts';
import { SqliteHitStore } from './sqlite-hit-store.ts';
import type { EraseOptions } from './store/erase-hits.ts';

const dayMs = 86_400_000;
const startMs = Date.UTC(2026, 5, 30);

describe('the centre’s retention', () => {
  let store: SqliteHitStore;
  let events: string[];
  const log = { event: (_: string, event: string) => void events.push(event) };
  const idsThere = async () => (await store.latest(100)).map(({ hit }) => hit.id);
  const addHit = async (receivedMs: number, madeMs = receivedMs) => {
    const hit = sampleHit({ timeMs: madeMs });
    await store.addHits([{ hit, body: Buffer.from(hit.id) }], receivedMs);
    return hit.id;
  };

  beforeEach(() => {
    vi.useFakeTimers({ now: startMs });
    store = SqliteHitStore.open(':memory:');
    events = [];
  });
  afterEach(async () => {
    vi.useRealTimers();
    await store.close();
  });

  it('erases what has become too old soon after the start, and each hour what becomes so', async () => {
    const old = await addHit(startMs - 29 * dayMs);
    const soonOld = await addHit(startMs - 28 * dayMs + 100 * 60_000);
    const young = await addHit(startMs - dayMs);
    const stop = new AbortController();
    const running = new Retention({ store, days: 28, log }).run(stop.signal);
    await vi.advanceTimersByTimeAsync(11 * 60_000);
    expect(await idsThere()).not.toContain(old);
    expect(await idsThere()).toContain(soonOld);
    await vi.advanceTimersByTimeAsync(2 * 3_600_000);
    expect(await idsThere()).toEqual([young]);
    expect(events).toEqual(['centre/hits-erased', 'centre/hits-erased']);
    stop.abort();
    await running;
  });

  it('goes on when the store does not answer', async () => {
    let tries = 0;
    const away = {
      hits: () => store.hits({ limit: 1 }),
      erase: async () => {
        tries += 1;
        if (tries === 1) throw Object.assign(new Error('away'), { code: 'centre/store-unreachable' });
        return 0;
      },
    };
    const stop = new AbortController();
    const running = new Retention({ store: away, days: 28, log }).run(stop.signal);
    await vi.advanceTimersByTimeAsync(71 * 60_000);
    expect(tries).toBe(2);
    expect(events).toEqual(['centre/hits-not-erased']);
    stop.abort();
    await running;
  });

  it('says how many hits are gone when there is no room to erase the rest', async () => {
    const told: unknown[] = [];
    const full = {
      hits: () => store.hits({ limit: 1 }),
      erase: async (_: number, { onErased }: EraseOptions = {}) => {
        onErased?.(500);
        onErased?.(63);
        throw Object.assign(new Error('full'), { code: 'centre/disk-full' });
      },
    };
    const log = { event: (_: string, event: string, fields?: LogFields) => void told.push([event, fields]) };
    const stop = new AbortController();
    const running = new Retention({ store: full, days: 28, log }).run(stop.signal);
    await vi.advanceTimersByTimeAsync(11 * 60_000);
    expect(told).toEqual([
      ['centre/hits-erased', { hits: 563, before: '2026-06-02T00:10:00.000Z', days: 28 }],
      ['centre/hits-not-erased', { code: 'centre/disk-full' }],
    ]);
    stop.abort();
    await running;
  });

  it('keeps hits that came while the clock was years behind, and says so', async () => {
    const id = await addHit(Date.UTC(2000, 0, 1), startMs - dayMs);
    const old = await addHit(startMs - 29 * dayMs);
    const stop = new AbortController();
    const running = new Retention({ store, days: 28, log }).run(stop.signal);
    await vi.advanceTimersByTimeAsync(11 * 60_000);
    expect(await idsThere()).toEqual([id]);
    expect(await idsThere()).not.toContain(old);
    expect(events).toEqual(['centre/hits-erased', 'centre/hits-left']);
    stop.abort();
    await running;
  });

  it.each([
    ['years ahead', 3 * 365 * dayMs],
    ['an hour ahead', 3_600_000],
    ['years back', -3 * 365 * dayMs],
  ])('erases nothing before its time after the clock was set %s, and says so at every look', async (_, byMs) => {
    const old = await addHit(startMs - 40 * dayMs);
    const young = await addHit(startMs - dayMs);
    const stop = new AbortController();
    const running = new Retention({ store, days: 45, log }).run(stop.signal);
    await vi.advanceTimersByTimeAsync(11 * 60_000);
    vi.setSystemTime(Date.now() + byMs);
    await vi.advanceTimersByTimeAsync(23 * 3_600_000);
    expect(await idsThere()).toEqual([young, old]);
    expect(events).toEqual(Array.from({ length: 23 }, () => 'centre/clock-set'));
    vi.setSystemTime(startMs + dayMs);
    await vi.advanceTimersByTimeAsync(3 * dayMs);
    expect(await idsThere()).toEqual([young, old]);
    await vi.advanceTimersByTimeAsync(2 * dayMs);
    expect(await idsThere()).toEqual([young]);
    stop.abort();
    await running;
  });

  it('erases some hours late on a machine that sleeps at night, whose clock seems to be set each morning', async () => {
    // The time that passes stands still while the machine sleeps.
    let sleptMs = 0;
    const monotonicMs = () => Date.now() - startMs - sleptMs;
    const ids = [];
    for (let day = 0; day < 40; day += 1) ids.push(await addHit(startMs - 28 * dayMs + day * dayMs));
    const stop = new AbortController();
    const running = new Retention({ store, days: 28, log, monotonicMs }).run(stop.signal);
    for (let day = 0; day < 30; day += 1) {
      await vi.advanceTimersByTimeAsync(16 * 3_600_000);
      vi.setSystemTime(Date.now() + 8 * 3_600_000);
      sleptMs += 8 * 3_600_000;
    }
    await vi.advanceTimersByTimeAsync(2 * 3_600_000);
    expect(events).toContain('centre/clock-set');
    // In sixteen hours awake two nights have passed, so sixteen hours may be wanting.
    expect(await idsThere()).toEqual(ids.slice(30).reverse());
    stop.abort();
    await running;
  });

  it('does not believe a clock that is set right just after the start', async () => {
    vi.setSystemTime(startMs + 5 * 365 * dayMs);
    const young = await addHit(startMs - dayMs);
    const stop = new AbortController();
    const running = new Retention({ store, days: 28, log }).run(stop.signal);
    await vi.advanceTimersByTimeAsync(120_000);
    vi.setSystemTime(startMs);
    await vi.advanceTimersByTimeAsync(2 * dayMs);
    expect(await idsThere()).toEqual([young]);
    stop.abort();
    await running;
  });

  it('erases old pictures that were saved beside the store, though the store does not answer', async () => {
    const away = {
      hits: () => store.hits({ limit: 1 }),
      erase: async () => {
        throw Object.assign(new Error('away'), { code: 'centre/store-unreachable' });
      },
    };
    const asked: number[] = [];
    const evidence = { erase: async (beforeMs: number) => asked.push(beforeMs) };
    const stop = new AbortController();
    const running = new Retention({ store: away, evidence, days: 28, log }).run(stop.signal);
    await vi.advanceTimersByTimeAsync(11 * 60_000);
    expect(asked).toEqual([startMs + 10 * 60_000 - 28 * dayMs]);
    expect(events).toEqual(['centre/hits-not-erased', 'centre/pictures-erased']);
    stop.abort();
    await running;
  });
});
