import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { jsonLog } from '../../config/foundation/log.ts';
import { inbox } from '../broker/broker-link.contract.ts';
import { MemoryBroker, type MemoryLink } from '../broker/memory-link.ts';
import { topics } from '../broker/topics.ts';
import { openDatabase } from '../database/database.ts';
import { encodeMessage, parseMessage } from '../uplink/cloud-event.ts';
import {
  type Hit,
  maxEvidenceBytes,
  maxHitBytes,
  maxReceiptBytes,
  receiptSchema,
  type Withdrawn,
  withdrawnType,
} from '../uplink/hit.ts';
import { sampleHit, samplePicture } from '../uplink/sample-hit.test-data.ts';
import type { AddedHit, ArrivedHit } from './hit-store.ts';
import { Receiver } from './receiver.ts';
import { SqliteHitStore } from './sqlite-hit-store.ts';

const node = 'gantry-7';
const plate = samplePicture(3_000, 1);
const once = { qos: 1, deadlineMs: 1_000 } as const;

let sender: MemoryLink;
let store: SqliteHitStore;
let receiver: Receiver;
let stop: AbortController;
let running: Promise<void>;
let shown: string[];
let lines: string[];
const database = () => openDatabase(':memory:');

beforeEach(() => {
  const broker = new MemoryBroker();
  sender = broker.link();
  shown = [];
  lines = [];
  const sqlite = database();
  store = new SqliteHitStore(sqlite);
  limitPages = (pages) => void sqlite.pragma(`max_page_count = ${pages}`);
  receiver = new Receiver({
    link: broker.link(),
    store,
    log: jsonLog((line) => lines.push(line)),
    onHit: (hit) => void shown.push(hit.id),
    onPicture: ({ hit, kind }) => void shown.push(`${hit.id} ${kind}`),
  });
  stop = new AbortController();
  running = receiver.run(stop.signal);
});
afterEach(async () => {
  stop.abort();
  await running;
  await store.close();
});

let limitPages: (pages: number) => void;

const send = (topic: string, payload: Uint8Array) => sender.publish(topic, payload, once);
const sendHit = (hit: Hit) => send(topics.hits(hit.data.node), encodeMessage(hit));
const receipts = () => {
  const box = inbox(sender, topics.receipts(node));
  return async () => parseMessage(receiptSchema, (await box.next()).payload, maxReceiptBytes)?.data;
};

/** A store whose server does not answer. */
class AwayStore extends SqliteHitStore {
  override async addHits(arrivals: readonly ArrivedHit[]): Promise<readonly AddedHit[]> {
    return arrivals.map(() => 'unavailable');
  }
}

describe('the centre', () => {
  it('stores a hit, confirms it, and shows it once however often it comes', async () => {
    const next = receipts();
    const hit = sampleHit();
    for (let times = 0; times < 3; times += 1) {
      await sendHit(hit);
      expect(await next()).toEqual({ hit: hit.id, part: 'hit', outcome: 'stored' });
    }
    expect((await store.latest(10)).map((one) => one.hit)).toEqual([hit]);
    expect(shown).toEqual([hit.id]);
    expect(receiver.counts()).toMatchObject({ hits: 1, duplicates: 2 });
  });

  it('keeps the first of two hits under one id, and says so', async () => {
    const next = receipts();
    const hit = sampleHit({ priority: 3 });
    await sendHit(hit);
    await sendHit(sampleHit({ id: hit.id, priority: 4 }));
    await next();
    await next();
    expect((await store.hit(hit.id))?.hit.data.entry.priority).toBe(3);
    expect(receiver.counts()).toMatchObject({ hits: 1, conflicts: 1 });
  });

  it('takes a picture only with the hash and from the node that its hit names', async () => {
    const next = receipts();
    const hit = sampleHit({ evidence: { plate } });
    await sendHit(hit);
    await next();
    await send(topics.evidence(node, hit.id, 'plate'), samplePicture(3_000, 2));
    expect(await next()).toEqual({ hit: hit.id, part: 'plate', outcome: 'refused' });
    await send(topics.evidence('another', hit.id, 'plate'), plate);
    await send(topics.evidence(node, hit.id, 'scene'), plate);
    expect(await next()).toEqual({ hit: hit.id, part: 'scene', outcome: 'refused' });
    await send(topics.evidence(node, sampleHit().id, 'plate'), plate);
    expect(await next()).toMatchObject({ part: 'plate', outcome: 'refused' });
    await send(topics.evidence(node, hit.id, 'plate'), plate);
    expect(await next()).toEqual({ hit: hit.id, part: 'plate', outcome: 'stored' });
    expect(await store.counts()).toEqual({ hits: 1, pictures: 1 });
    expect(shown).toEqual([hit.id, `${hit.id} plate`]);
  });

  it('refuses a picture that is none, so that its node does not send it for ever', async () => {
    const next = receipts();
    const hit = sampleHit({ evidence: { plate } });
    await sendHit(hit);
    await next();
    await send(topics.evidence(node, hit.id, 'plate'), new Uint8Array(maxEvidenceBytes + 1));
    expect(await next()).toEqual({ hit: hit.id, part: 'plate', outcome: 'refused' });
    expect(receiver.counts()).toMatchObject({ pictures: 0, picturesRefused: 1 });
  });

  it('answers nothing to what is no hit, and goes on', async () => {
    const hit = sampleHit();
    const body = Buffer.from(encodeMessage(hit));
    const bad = [
      new Uint8Array(),
      Buffer.from('null'),
      body.subarray(0, 200),
      Buffer.from([0xff, 0xff]),
      Buffer.concat([body, Buffer.alloc(maxHitBytes, 0x20)]),
      Buffer.from('['.repeat(20_000)),
    ];
    for (const payload of bad) await send(topics.hits(node), payload);
    await send(topics.hits('not-its-node'), body);
    await send(`hazeldonk/v1/nodes/${node}/evidence/no-uuid/plate`, plate);
    await send(`hazeldonk/v1/nodes/${node}/evidence/${hit.id}/../../etc`, plate);
    await send(`hazeldonk/v1/nodes/${node}/evidence/${hit.id}/passwd`, plate);
    const next = receipts();
    await sendHit(hit);
    expect(await next()).toMatchObject({ hit: hit.id });
    expect(receiver.counts()).toMatchObject({ hits: 1, rejected: bad.length + 3 });
    expect(lines.join('')).not.toMatch(/1ABC234|1A8C234/);
  });

  it('sends no receipt while its disk is full, and takes the hit when there is room again', async () => {
    limitPages(1);
    const hits = Array.from({ length: 20 }, () => sampleHit());
    const next = receipts();
    for (const hit of hits) await sendHit(hit);
    await vi.waitFor(() => expect(receiver.counts().hits + receiver.counts().putOff).toBe(20));
    const { hits: stored, putOff } = receiver.counts();
    expect(putOff).toBeGreaterThan(0);
    for (let index = 0; index < stored; index += 1) await next();
    limitPages(10_000);
    const last = hits.at(-1) ?? sampleHit();
    await sendHit(last);
    expect(await next()).toMatchObject({ hit: last.id });
    expect(await store.counts()).toEqual({ hits: stored + 1, pictures: 0 });
  });

  it('takes hits that came together in one go, and answers each', async () => {
    const next = receipts();
    const hits = Array.from({ length: 600 }, () => sampleHit());
    await Promise.all(hits.map(sendHit));
    const answered = new Set<string | undefined>();
    for (const _ of hits) answered.add((await next())?.hit);
    expect(answered).toEqual(new Set(hits.map(({ id }) => id)));
    expect(shown).toEqual(hits.map(({ id }) => id));
    expect(receiver.counts()).toMatchObject({ hits: 600, duplicates: 0 });
  });

  it('notes that a node takes a hit back, and confirms the withdrawal by its own id', async () => {
    const next = receipts();
    const hit = sampleHit();
    const withdrawn: Withdrawn = {
      ...hit,
      id: sampleHit().id,
      type: withdrawnType,
      data: { node, hit: hit.id, reason: 'read again' },
    };
    await sendHit(hit);
    await next();
    for (let times = 0; times < 2; times += 1) {
      await send(topics.hits(node), encodeMessage(withdrawn));
      expect(await next()).toEqual({ hit: withdrawn.id, part: 'hit', outcome: 'stored' });
    }
    await send(topics.hits('another'), encodeMessage(withdrawn));
    expect(await store.hit(hit.id)).toMatchObject({ state: 'withdrawn', withdrawn: { reason: 'read again' } });
    expect(receiver.counts()).toMatchObject({ hits: 1, withdrawn: 1 });
  });

  it('sends no receipt while its store does not answer, and stays', async () => {
    const broker = new MemoryBroker();
    const away = new Receiver({
      link: broker.link(),
      store: new AwayStore(openDatabase(':memory:')),
      log: jsonLog((line) => lines.push(line)),
    });
    const end = new AbortController();
    const run = away.run(end.signal);
    await broker.link().publish(topics.hits(node), encodeMessage(sampleHit()), once);
    await vi.waitFor(() => expect(away.counts()).toMatchObject({ hits: 0, putOff: 1 }));
    end.abort();
    await run;
    expect(broker.published.some(({ topic }) => topic === topics.receipts(node))).toBe(false);
    expect(lines.join('')).toContain('centre/store-unreachable');
  });

  it('ends with the error when its store breaks, instead of going on without one', async () => {
    const broker = new MemoryBroker();
    const broken = new SqliteHitStore(database());
    const sick = new Receiver({ link: broker.link(), store: broken });
    const run = sick.run(new AbortController().signal);
    await broken.close();
    await broker.link().publish(topics.hits(node), encodeMessage(sampleHit()), once);
    await expect(run).rejects.toThrow('not open');
  });
});
