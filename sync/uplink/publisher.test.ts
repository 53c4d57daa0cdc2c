import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Service } from '../../config/foundation/service.ts';
import type { PublishOptions, PublishOutcome } from '../broker/broker-link.ts';
import { type EmbeddedBroker, startEmbeddedBroker } from '../broker/embedded-broker.ts';
import { MemoryBroker, MemoryLink } from '../broker/memory-link.ts';
import { MqttLink } from '../broker/mqtt-link.ts';
import { topics } from '../broker/topics.ts';
import { Receiver } from '../central/receiver.ts';
import { SqliteHitStore } from '../central/sqlite-hit-store.ts';
import { encodeMessage } from './cloud-event.ts';
import type { Hit } from './hit.ts';
import { Outbox } from './outbox.ts';
import { Publisher } from './publisher.ts';
import { sampleHit, samplePicture } from './sample-hit.test-data.ts';

const node = 'gantry-7';
const pace = { firstMs: 100, longestMs: 400, window: 4 };
const pictures = { plate: samplePicture(4_000, 1), scene: samplePicture(50_000, 2) };
const soon = { timeout: 10_000, interval: 10 };

let folder: string;
let broker: EmbeddedBroker;
let outbox: Outbox;
let store: SqliteHitStore;
let stop: AbortController[];
let running: Promise<void>[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-publisher-'));
  broker = await startEmbeddedBroker();
  outbox = Outbox.open(join(folder, 'outbox.sqlite'), { diskBudgetBytes: 1e9 });
  store = SqliteHitStore.open(join(folder, 'hits.sqlite'));
  stop = [];
  running = [];
});
afterEach(async () => {
  for (const one of stop) one.abort();
  await Promise.all(running);
  await broker.close();
  outbox.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

function start(service: Service): AbortController {
  const controller = new AbortController();
  stop.push(controller);
  running.push(service.run(controller.signal));
  return controller;
}

function link(): MqttLink {
  const made = new MqttLink({ url: broker.url, reconnectFirstMs: 20, reconnectLongestMs: 50 });
  start(made);
  return made;
}

function startPublisher(options: { link?: MqttLink; window?: number } = {}): Publisher {
  const hitPace = { ...pace, window: options.window ?? pace.window };
  const publisher = new Publisher({ node, link: options.link ?? link(), outbox, hitPace, picturePace: pace });
  start(publisher);
  return publisher;
}

function startCentre() {
  const seen: string[] = [];
  const receiver = new Receiver({ link: link(), store, onHit: (hit) => void seen.push(hit.id) });
  start(receiver);
  return { receiver, seen };
}

const connected = (one: MqttLink) => new Promise<void>((resolve) => one.onConnected(resolve));
const isEmpty = () => expect(outbox.counts()).toMatchObject({ hitsWaiting: 0, picturesWaiting: 0 });

describe('the uplink', () => {
  it('brings hits and their pictures to the centre and forgets them on its receipts', async () => {
    const { receiver, seen } = startCentre();
    startPublisher();
    const hits = Array.from({ length: 10 }, (_, index) => sampleHit({ timeMs: index, evidence: pictures }));
    for (const hit of hits) outbox.append(hit, pictures);
    await vi.waitFor(isEmpty, soon);
    expect([...seen].sort()).toEqual(hits.map((hit) => hit.id).sort());
    expect(receiver.counts()).toMatchObject({ hits: 10, pictures: 20, picturesRefused: 0, rejected: 0 });
    expect(await store.picture(hits[3]?.id ?? '', 'scene')).toEqual(Buffer.from(pictures.scene));
  });

  it('sends the urgent first, then the older, and pictures after every hit', async () => {
    const order: string[] = [];
    broker.onPublish(({ topic, payload }) => {
      if (topic === topics.hits(node)) order.push(JSON.parse(String(payload)).id);
      if (topic.includes('/evidence/')) order.push('picture');
    });
    const hits = [9, 1, 5, 1, 9, 5].map((priority, index) =>
      sampleHit({ priority, timeMs: 1_000 - index, evidence: pictures }),
    );
    for (const hit of hits) outbox.append(hit, pictures);
    startCentre();
    startPublisher({ window: 1 });
    await vi.waitFor(isEmpty, soon);
    const firstSent = [...new Set(order.filter((one) => one !== 'picture'))];
    expect(firstSent).toEqual([3, 1, 5, 2, 4, 0].map((index) => hits[index]?.id));
    expect(order.indexOf('picture')).toBeGreaterThan(order.indexOf(hits[0]?.id ?? ''));
  });

  it('keeps sending the same hit to a broker that acknowledges and forgets, until a centre is there', async () => {
    const publisher = startPublisher();
    const sent: string[] = [];
    broker.onPublish(({ topic, payload }) => {
      if (topic === topics.hits(node)) sent.push(String(payload));
    });
    const hit = sampleHit({ evidence: pictures });
    outbox.append(hit, pictures);
    await vi.waitFor(() => expect(sent.length).toBeGreaterThanOrEqual(3), soon);
    expect(new Set(sent)).toEqual(new Set([String(Buffer.from(encodeMessage(hit)))]));
    expect(outbox.counts().hitsWaiting).toBe(1);
    expect(publisher.counts().unanswered).toBe(1);
    const { seen } = startCentre();
    await vi.waitFor(isEmpty, soon);
    expect(seen).toEqual([hit.id]);
  });

  it('does not wait out a long pause when a centre says that it is back', async () => {
    const nodeLink = link();
    const slow = { firstMs: 3_600_000, longestMs: 3_600_000, window: 4 };
    start(new Publisher({ node, link: nodeLink, outbox, hitPace: slow, picturePace: slow }));
    const lost = new Promise<void>((resolve) =>
      broker.onPublish(({ topic }) => topic === topics.hits(node) && resolve()),
    );
    const hit = sampleHit();
    outbox.append(hit);
    await lost;
    const { seen } = startCentre();
    await vi.waitFor(isEmpty, soon);
    expect(seen).toEqual([hit.id]);
  });

  it('sends what is on its way once when a centre says meanwhile that it is ready', async () => {
    const memory = new MemoryBroker();
    const slowLink = new SlowLink(memory);
    memory.links.add(slowLink);
    const slow = { firstMs: 3_600_000, longestMs: 3_600_000, window: 4 };
    const publisher = new Publisher({ node, link: slowLink, outbox, hitPace: slow, picturePace: slow });
    start(publisher);
    outbox.append(sampleHit());
    await vi.waitFor(() => expect(slowLink.underWay).toHaveLength(1), soon);
    memory.take(topics.centreReady, new Uint8Array(), false);
    await turns();
    slowLink.arrive();
    await vi.waitFor(() => expect(publisher.counts().sent).toBe(1), soon);
    await turns();
    expect([slowLink.underWay, memory.published.filter(({ topic }) => topic === topics.hits(node)).length]).toEqual([
      [],
      1,
    ]);
  });

  it('works through an outage of the broker', async () => {
    const { seen } = startCentre();
    const nodeLink = link();
    startPublisher({ link: nodeLink });
    await connected(nodeLink);
    const { port } = broker;
    await broker.close();
    const hits = Array.from({ length: 8 }, (_, index) => sampleHit({ timeMs: index, evidence: pictures }));
    for (const hit of hits) outbox.append(hit, pictures);
    broker = await startEmbeddedBroker({ port });
    await vi.waitFor(isEmpty, soon);
    expect([...seen].sort()).toEqual(hits.map((hit) => hit.id).sort());
  });

  it('is not blocked by hits for which no receipt ever comes', async () => {
    const poison = new Set<string>();
    const centre = link();
    centre.subscribe(topics.allHits, ({ payload }) => {
      const hit: Hit = JSON.parse(String(payload));
      if (!poison.has(hit.id))
        void centre.publish(topics.receipts(node), receiptFor(hit.id), { qos: 1, deadlineMs: 5_000 });
    });
    await connected(centre);
    for (let index = 0; index < 8; index += 1) {
      const hit = sampleHit({ priority: 1 });
      poison.add(hit.id);
      outbox.append(hit);
    }
    const good = sampleHit({ priority: 9 });
    outbox.append(good);
    startPublisher();
    await vi.waitFor(() => expect(outbox.counts()).toMatchObject({ hitsReceived: 1, hitsWaiting: 8 }), soon);
  });

  it('ignores receipts that are garbage, oversized, or for hits it does not have', async () => {
    const publisher = startPublisher();
    const hit = sampleHit();
    outbox.append(hit);
    const stranger = link();
    await connected(stranger);
    const bad = [
      new Uint8Array(),
      Buffer.from('{'),
      Buffer.from([0xff, 0xfe, 0x00]),
      Buffer.from('null'),
      Buffer.alloc(100_000, 0x20),
      receiptFor(sampleHit().id),
      encodeMessage({ ...JSON.parse(String(receiptFor(hit.id))), type: 'something.else' }),
      encodeMessage({
        ...JSON.parse(String(receiptFor(hit.id))),
        data: { hit: hit.id, part: 'hit', outcome: 'refused' },
      }),
    ];
    for (const payload of bad) await stranger.publish(topics.receipts(node), payload, { qos: 1, deadlineMs: 5_000 });
    await stranger.publish(topics.receipts('another-node'), receiptFor(hit.id), { qos: 1, deadlineMs: 5_000 });
    await vi.waitFor(() => expect(publisher.counts().receiptsIgnored).toBe(bad.length), soon);
    expect(outbox.counts().hitsWaiting).toBe(1);
  });
});

/** Nothing arrives on it before the test says so. */
class SlowLink extends MemoryLink {
  underWay: (() => void)[] = [];

  override async publish(topic: string, payload: Uint8Array, options: PublishOptions): Promise<PublishOutcome> {
    await new Promise<void>((resolve) => this.underWay.push(resolve));
    return super.publish(topic, payload, options);
  }

  arrive(): void {
    for (const resolve of this.underWay.splice(0)) resolve();
  }
}

/** Enough for whatever was delivered to be heard and answered. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function receiptFor(hit: string): Buffer {
  return Buffer.from(
    encodeMessage({
      specversion: '1.0',
      id: sampleHit().id,
      source: '/centre',
      type: 'eu.hazeldonk.anpr.hit.receipt.v1',
      time: '2026-05-01T12:00:02.000Z',
      datacontenttype: 'application/json',
      data: { hit, part: 'hit', outcome: 'stored' },
    }),
  );
}
