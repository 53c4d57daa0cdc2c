import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inbox } from '../broker/broker-link.contract.ts';
import { type EmbeddedBroker, startEmbeddedBroker } from '../broker/embedded-broker.ts';
import { MemoryBroker } from '../broker/memory-link.ts';
import { MqttLink } from '../broker/mqtt-link.ts';
import { topics } from '../broker/topics.ts';
import { withBroker } from '../broker/with-broker.ts';
import { parseMessage } from './cloud-event.ts';
import { type Health, healthSchema, maxHealthBytes, presenceSchema } from './health.ts';
import { PresenceAndHealth, presenceWill } from './presence.ts';

const identity = {
  node: 'gantry-7',
  site: 'hazeldonk-a16',
  software: '0.1.0',
  startedAt: '2026-05-01T12:00:00.000Z',
};

const health: Health = {
  node: 'gantry-7',
  time: '2026-05-01T12:01:00.000Z',
  upSeconds: 60,
  software: '0.1.0',
  inhibited: null,
  models: { detector: '1', reader: '1' },
  cameras: [
    { name: 'north-1', state: 'ok' },
    { name: 'north-2', state: 'dark' },
  ],
  lists: [{ list: 'be-fedpol/stolen', version: 41, state: 'valid' }],
  funnel: { frames: 1500, gated: 900, detected: 320, read: 310, passages: 24, matched: 1 },
  abstained: { improbable: 2 },
  outbox: { hits: 0, pictures: 0, dropped: 0, oldestSeconds: null },
  clock: { synchronised: true, errorMs: 3 },
  temperatureC: 51,
  diskFreeMb: 20_480,
};

let broker: EmbeddedBroker | undefined;
afterEach(async () => broker?.close());

it('is online with its health retained while it runs, and stopped when it was stopped', async () => {
  broker = await startEmbeddedBroker();
  const { url } = broker;
  const link = new MqttLink({ url, lastWill: presenceWill(identity) });
  const stop = new AbortController();
  const service = new PresenceAndHealth({ identity, link, health: () => health });
  const running = [link.run(stop.signal), service.run(stop.signal)];

  await withBroker({ url }, async (watcher) => {
    const presence = inbox(watcher, topics.allPresence);
    const state = async () => parseMessage(presenceSchema, (await presence.next()).payload, maxHealthBytes)?.state;
    const said = await inbox(watcher, topics.allHealth).next();
    expect(parseMessage(healthSchema, said.payload, maxHealthBytes)).toEqual(health);
    expect(await state()).toBe('online');
    stop.abort();
    await Promise.all(running);
    expect(await state()).toBe('stopped');
  });
});

it('says its health at once when asked, without waiting for the minute', async () => {
  broker = await startEmbeddedBroker();
  const { url } = broker;
  const link = new MqttLink({ url });
  const stop = new AbortController();
  let version = 41;
  const lists = () => [{ list: 'be-fedpol/stolen', version, state: 'valid' }];
  const service = new PresenceAndHealth({ identity, link, health: () => ({ ...health, lists: lists() }) });
  const running = [link.run(stop.signal), service.run(stop.signal)];
  await withBroker({ url }, async (watcher) => {
    const said = inbox(watcher, topics.allHealth);
    const held = async () => parseMessage(healthSchema, (await said.next()).payload, maxHealthBytes)?.lists[0]?.version;
    expect(await held()).toBe(41);
    version = 42;
    service.sayHealth();
    while ((await held()) !== 42);
    stop.abort();
    await Promise.all(running);
  });
});

describe('on a link on which time is at hand', () => {
  let broker: MemoryBroker;
  let service: PresenceAndHealth;
  let stop: () => Promise<void>;
  const said = () => broker.published.filter(({ topic }) => topic === topics.health('gantry-7')).length;

  beforeEach(async () => {
    vi.useFakeTimers();
    broker = new MemoryBroker();
    service = new PresenceAndHealth({ identity, link: broker.link(), health: () => health });
    const ended = new AbortController();
    const running = service.run(ended.signal);
    stop = async () => {
      ended.abort();
      await running;
    };
    await vi.advanceTimersByTimeAsync(1_000);
  });
  afterEach(async () => {
    await stop();
    vi.useRealTimers();
  });

  it('says its health each minute', async () => {
    expect(said()).toBe(1);
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(said()).toBe(11);
  });

  it('says it at once when asked, and then within ten seconds, however often it is asked', async () => {
    service.sayHealth();
    await vi.advanceTimersByTimeAsync(100);
    expect(said()).toBe(2);
    for (let second = 0; second < 60; second += 1) {
      service.sayHealth();
      service.sayHealth();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(said()).toBeGreaterThanOrEqual(7);
    expect(said()).toBeLessThanOrEqual(8);
    await vi.advanceTimersByTimeAsync(10_000);
    const settled = said();
    await vi.advanceTimersByTimeAsync(49_000);
    expect(said()).toBe(settled);
  });
});
