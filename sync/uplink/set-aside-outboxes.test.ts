import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../central/verification/signed-world.fixture.ts';
import { Outbox } from './outbox.ts';
import { PictureRetention } from './picture-retention.ts';
import { sampleHit } from './sample-hit.test-data.ts';

const dayMs = 86_400_000;

let folder: string;
let path: string;
let clockOffMs: number;
let stop: () => Promise<void>;

beforeEach(async () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
  folder = temporaryFolder();
  path = join(folder, 'outbox.sqlite');
  clockOffMs = 0;
  start();
});
afterEach(async () => {
  await stop();
  vi.useRealTimers();
});

function start(): void {
  const outbox = Outbox.open(path, { diskBudgetBytes: 1e9 });
  outbox.append(sampleHit());
  const ended = new AbortController();
  const retention = new PictureRetention({ outbox, days: 30, nowMs: () => Date.now() + clockOffMs });
  const running = retention.run(ended.signal);
  stop = async () => {
    ended.abort();
    await running;
    outbox.close();
  };
}

/** Stops the node, damages its outbox, and starts it again; logs of writes lie beside the damaged file. */
async function damage(mark: string): Promise<void> {
  await stop();
  const before = new Set(asides());
  writeFileSync(path, `no database: ${mark}`);
  start();
  const fresh = asides().find((name) => !before.has(name)) ?? '';
  for (const suffix of ['-wal', '-journal']) writeFileSync(join(folder, fresh + suffix), mark);
}

const days = (count: number) => vi.advanceTimersByTimeAsync(count * dayMs);
const allAside = () => readdirSync(folder).filter((name) => name.includes('.damaged-'));
const asides = () => allAside().filter((name) => /\.damaged-\w+$/.test(name));
const marks = () => asides().map((name) => readFileSync(join(folder, name), 'utf8'));

describe('a damaged outbox that was set aside', () => {
  it('is removed with all that lies beside it after as many days as a picture may stay', async () => {
    await damage('first');
    await days(29.9);
    expect(marks()).toEqual(['no database: first']);
    await days(0.2);
    expect(allAside()).toEqual([]);
  });

  it('makes room for the next one, which has its own days', async () => {
    await damage('first');
    await days(20);
    // The name is made of the time of a file, which the clock of the test does not set: both would be of one second.
    for (const name of allAside())
      renameSync(join(folder, name), join(folder, name.replace(/damaged-\w+/, 'damaged-20260101T000000Z')));
    await damage('second');
    expect(asides()).toHaveLength(2);
    await days(0.1);
    expect(marks()).toEqual(['no database: second']);
    await days(29.8);
    expect(marks()).toEqual(['no database: second']);
    await days(0.2);
    expect(allAside()).toEqual([]);
  });

  it.each([
    ['years ahead', 10 * 365 * dayMs],
    ['years back', -10 * 365 * dayMs],
  ])('does not grow older when the clock of a running node is set %s', async (_, byMs) => {
    await damage('first');
    await days(10);
    clockOffMs = byMs;
    await days(19.9);
    expect(asides()).toHaveLength(1);
    await days(0.2);
    expect(allAside()).toEqual([]);
  });

  it('grows older while the node is switched off', async () => {
    await damage('first');
    await days(1);
    await stop();
    await days(28.5);
    start();
    await days(0.4);
    expect(asides()).toHaveLength(1);
    await days(0.2);
    expect(allAside()).toEqual([]);
  });

  it('has its days anew when what was noted of them is damaged, and leaves alone what somebody put beside it', async () => {
    await damage('first');
    await days(20);
    const [name = ''] = asides();
    writeFileSync(join(folder, `${name}.age`), '{');
    writeFileSync(join(folder, `${name}.copy`), 'a technician’s');
    await days(20);
    expect(asides()).toEqual([name]);
    await days(11);
    expect(allAside()).toEqual([`${name}.copy`]);
  });
});
