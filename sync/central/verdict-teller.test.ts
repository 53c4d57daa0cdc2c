import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MemoryBroker, type MemoryLink } from '../broker/memory-link.ts';
import { topics } from '../broker/topics.ts';
import { openDatabase } from '../database/database.ts';
import { encodeMessage } from '../uplink/cloud-event.ts';
import type { Health, Presence } from '../uplink/health.ts';
import type { Hit } from '../uplink/hit.ts';
import { sampleHit } from '../uplink/sample-hit.test-data.ts';
import { VerdictCounts } from '../uplink/verdict-counts.ts';
import { NodeListener } from './node-listener.ts';
import { SqliteHitStore } from './sqlite-hit-store.ts';
import { VerdictTeller } from './verdict-teller.ts';

const node = 'gantry-7';
const officer = { by: 'K. Jansen', atMs: 5_000 };
let broker: MemoryBroker;
let nodeLink: MemoryLink;
let store: SqliteHitStore;
let counts: VerdictCounts;
let stop: AbortController;
let running: Promise<unknown>;

beforeEach(() => {
  broker = new MemoryBroker();
  nodeLink = broker.link();
  store = new SqliteHitStore(openDatabase(':memory:'));
  counts = new VerdictCounts({ node, link: nodeLink, database: openDatabase(':memory:') });
  const link = broker.link();
  const services = [counts, new NodeListener({ link, store }), new VerdictTeller({ link, store, everyMs: 10 })];
  stop = new AbortController();
  running = Promise.all(services.map((service) => service.run(stop.signal)));
});
afterEach(async () => {
  stop.abort();
  await running;
  await store.close();
});

const publish = (topic: string, message: object | Uint8Array) =>
  nodeLink.publish(topic, message instanceof Uint8Array ? message : encodeMessage(message), {
    qos: 1,
    retain: true,
    deadlineMs: 1_000,
  });
const presence = (state: Presence['state'], from = node): Presence => ({
  node: from,
  site: 'hazeldonk-a16',
  state,
  software: '0.2.0',
  startedAt: '2026-05-01T12:00:00.000Z',
});
async function seenHit(changes: Partial<Hit['data']['entry']> = {}): Promise<Hit> {
  const hit = sampleHit();
  const changed = { ...hit, data: { ...hit.data, entry: { ...hit.data.entry, ...changes } } };
  await store.addHits([{ hit: changed, body: encodeMessage(changed) }], 1_000);
  await store.followUp(changed.id, { step: 'verdict', verdict: 'misread', note: 'secret' }, officer);
  return changed;
}

it('brings verdicts to the node as counts when it is there, and nothing of a discreet hit, ever', async () => {
  const discreet = await seenHit({ action: 'discreet-check' });
  const open = await seenHit();
  await publish(topics.presence(node), presence('online'));
  await vi.waitFor(() => expect(counts.counts()).toMatchObject([{ word: 'misread', count: 1 }]));
  await store.followUp(open.id, { step: 'dispatched' }, officer);
  await vi.waitFor(() => expect(counts.counts()).toHaveLength(2));
  const told = broker.published.filter(({ topic }) => topic === topics.verdicts(node));
  const text = told.map(({ payload }) => Buffer.from(payload).toString()).join('\n');
  expect(told).toHaveLength(2);
  expect(text).not.toContain(discreet.id);
  expect(text).not.toMatch(/secret|Jansen|1ABC234/);
});

it('keeps what nodes say of themselves, and only each about itself', async () => {
  const health: Health = {
    node,
    time: '2026-05-01T12:00:00.000Z',
    upSeconds: 60,
    software: '0.2.0',
    inhibited: null,
    models: {},
    cameras: [],
    lists: [],
    funnel: { passages: 40 },
    abstained: {},
    outbox: { hits: 0, pictures: 0, dropped: 0, oldestSeconds: null },
    clock: { synchronised: true, errorMs: null },
    temperatureC: null,
    diskFreeMb: null,
  };
  await publish(topics.presence('other'), presence('online'));
  await publish(topics.health(node), Buffer.alloc(50_000, '['));
  await publish(topics.health(node), { ...health, funnel: { passages: -1 } });
  await publish(topics.presence('struck-off'), new Uint8Array());
  await publish(topics.health(node), health);
  await publish(topics.presence(node), presence('lost'));
  await vi.waitFor(async () =>
    expect(await store.nodes()).toMatchObject([{ node, health: { upSeconds: 60 }, presence: { state: 'lost' } }]),
  );
});
