import { afterEach, expect, it } from 'vitest';
import { inbox } from '../broker/broker-link.contract.ts';
import { type EmbeddedBroker, startEmbeddedBroker } from '../broker/embedded-broker.ts';
import { MqttLink, withBroker } from '../broker/mqtt-link.ts';
import { topics } from '../broker/topics.ts';
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

it('says its health in less than 0.1 kbit a second', () => {
  const bitsAMinute = Buffer.byteLength(JSON.stringify(health)) * 8;
  expect(bitsAMinute / 60).toBeLessThan(100);
});
