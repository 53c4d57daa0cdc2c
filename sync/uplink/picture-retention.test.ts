import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Outbox } from './outbox.ts';
import { PictureRetention } from './picture-retention.ts';
import { sampleHit, samplePicture } from './sample-hit.test-data.ts';

const dayMs = 86_400_000;
const pictures = { plate: samplePicture(2_000), scene: samplePicture(9_000) };

let folder: string;
let outbox: Outbox;
/** What the node's clock is away from the time that passes. */
let clockOffMs: number;
let stop: () => Promise<void>;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-retention-'));
  clockOffMs = 0;
  start();
});
afterEach(async () => {
  await stop();
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

function start(): void {
  outbox = Outbox.open(join(folder, 'outbox.sqlite'), { diskBudgetBytes: 1e9 });
  const ended = new AbortController();
  const retention = new PictureRetention({ outbox, days: 30, nowMs: () => Date.now() + clockOffMs });
  const running = retention.run(ended.signal);
  stop = async () => {
    ended.abort();
    await running;
    outbox.close();
  };
}

const days = (count: number) => vi.advanceTimersByTimeAsync(count * dayMs);
const waiting = () => {
  const { hitsWaiting, picturesWaiting, platesDropped, scenesDropped } = outbox.counts();
  return { hitsWaiting, picturesWaiting, given: platesDropped + scenesDropped };
};

function append(confirmed: boolean) {
  const hit = sampleHit({ evidence: pictures, timeMs: 0 });
  outbox.append(hit, pictures);
  if (confirmed) outbox.receive({ hit: hit.id, part: 'hit', outcome: 'stored' });
  return hit;
}

describe('pictures of a hit that the centre has', () => {
  it('are erased when they have been here for as long as the law lets them, and counted', async () => {
    append(true);
    await days(29.9);
    expect(waiting()).toEqual({ hitsWaiting: 0, picturesWaiting: 2, given: 0 });
    await days(0.2);
    expect(waiting()).toEqual({ hitsWaiting: 0, picturesWaiting: 0, given: 2 });
  });

  it('stay with a hit that waits for its receipt, however old it is, and for their days from then on', async () => {
    const hit = append(false);
    await days(60);
    expect(waiting()).toEqual({ hitsWaiting: 1, picturesWaiting: 2, given: 0 });
    outbox.receive({ hit: hit.id, part: 'hit', outcome: 'stored' });
    await days(29.9);
    expect(waiting()).toEqual({ hitsWaiting: 0, picturesWaiting: 2, given: 0 });
    await days(0.2);
    expect(waiting().picturesWaiting).toBe(0);
  });

  it('stay while one of several recipients does not have the hit, though the others have it', async () => {
    const hit = append(false);
    outbox.startPictures([hit.id]);
    await days(60);
    expect(waiting()).toEqual({ hitsWaiting: 1, picturesWaiting: 2, given: 0 });
    outbox.receive({ hit: hit.id, part: 'hit', outcome: 'stored' });
    await days(29.9);
    expect(waiting()).toEqual({ hitsWaiting: 0, picturesWaiting: 2, given: 0 });
    await days(0.2);
    expect(waiting().picturesWaiting).toBe(0);
  });

  it.each([
    ['years ahead', 10 * 365 * dayMs],
    ['years back', -10 * 365 * dayMs],
  ])('do not grow older when the clock of a running node is set %s', async (_, byMs) => {
    append(true);
    await days(10);
    clockOffMs = byMs;
    await days(19.9);
    expect(waiting().picturesWaiting).toBe(2);
    await days(0.2);
    expect(waiting().picturesWaiting).toBe(0);
  });

  it('grow older while the node is switched off', async () => {
    append(true);
    await days(1);
    await stop();
    await days(28.5);
    start();
    await days(0.4);
    expect(waiting().picturesWaiting).toBe(2);
    await days(0.2);
    expect(waiting().picturesWaiting).toBe(0);
  });

  it('are not thought old by a node that starts with a wrong clock, which is set right soon afterwards', async () => {
    append(true);
    await days(1);
    await stop();
    clockOffMs = 5 * 365 * dayMs;
    start();
    await vi.advanceTimersByTimeAsync(120_000);
    clockOffMs = 0;
    await days(1);
    expect(waiting().picturesWaiting).toBe(2);
  });

  it('of which one was taken leave the other its time', async () => {
    const hit = append(true);
    await days(20);
    outbox.receive({ hit: hit.id, part: 'plate', outcome: 'stored' });
    append(true);
    await days(10.1);
    expect(waiting()).toEqual({ hitsWaiting: 0, picturesWaiting: 2, given: 1 });
  });
});
