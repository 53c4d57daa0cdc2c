import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sampleHit } from '../uplink/sample-hit.test-data.ts';
import { Retention } from './retention.ts';
import { SqliteHitStore } from './sqlite-hit-store.ts';

const dayMs = 86_400_000;
const startMs = Date.UTC(2026, 5, 30);

describe('the centre’s retention', () => {
  let store: SqliteHitStore;
  let events: string[];
  const log = { event: (_: string, event: string) => void events.push(event) };
  const idsThere = async () => (await store.latest(100)).map(({ hit }) => hit.id);
  const addHit = async (receivedMs: number) => {
    const hit = sampleHit();
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

  it('erases what has become too old at the start, and each hour what becomes so', async () => {
    const old = await addHit(startMs - 29 * dayMs);
    const soonOld = await addHit(startMs - 28 * dayMs + 90 * 60_000);
    const young = await addHit(startMs - dayMs);
    const stop = new AbortController();
    const running = new Retention({ store, days: 28, log }).run(stop.signal);
    await vi.advanceTimersByTimeAsync(60_000);
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
      erase: async () => {
        tries += 1;
        if (tries === 1) throw Object.assign(new Error('away'), { code: 'centre/store-unreachable' });
        return 0;
      },
    };
    const stop = new AbortController();
    const running = new Retention({ store: away, days: 28, log }).run(stop.signal);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(tries).toBe(2);
    expect(events).toEqual(['centre/hits-not-erased']);
    stop.abort();
    await running;
  });
});
