import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { uuidV7 } from '../../config/foundation/uuid-v7.ts';
import { MemoryBroker, type MemoryLink } from '../broker/memory-link.ts';
import { topics } from '../broker/topics.ts';
import { type Database, openDatabase } from '../database/database.ts';
import { encodeMessage } from './cloud-event.ts';
import { type Verdict, verdictType } from './verdict.ts';
import { VerdictCounts } from './verdict-counts.ts';

const node = 'gantry-7';
let centre: MemoryLink;
let database: Database;
let counts: VerdictCounts;
let stop: AbortController;
let running: Promise<void>;

beforeEach(() => {
  const broker = new MemoryBroker();
  centre = broker.link();
  database = openDatabase(':memory:');
  counts = new VerdictCounts({ node, link: broker.link(), database });
  stop = new AbortController();
  running = counts.run(stop.signal);
});
afterEach(async () => {
  stop.abort();
  await running;
  database.close();
});

const send = (payload: Uint8Array) => centre.publish(topics.verdicts(node), payload, { qos: 1, deadlineMs: 1_000 });
const about = { hit: uuidV7(0), camera: 'north-1', list: { authority: 'be-fedpol', id: 'stolen' } };
const verdict = (data: Verdict['data']): Verdict => ({
  specversion: '1.0',
  id: uuidV7(Date.now()),
  source: '/centre',
  type: verdictType,
  time: '2026-05-01T12:00:00.000Z',
  datacontenttype: 'application/json',
  data,
});
const counted = (words: readonly string[]) => words.map((word) => expect.objectContaining({ word }));

it('counts what became of hits per list and camera, a message that comes again once', async () => {
  const misread = verdict({ ...about, step: 'verdict', verdict: 'misread' });
  for (const one of [verdict({ ...about, step: 'seen' }), misread, misread]) await send(encodeMessage(one));
  await send(encodeMessage(verdict({ ...about, camera: 'south-2', step: 'verdict', verdict: 'misread' })));
  await vi.waitFor(() => expect(counts.counts()).toHaveLength(3));
  expect(counts.counts()).toEqual([
    { authority: 'be-fedpol', list: 'stolen', camera: 'north-1', word: 'misread', count: 1 },
    { authority: 'be-fedpol', list: 'stolen', camera: 'north-1', word: 'seen', count: 1 },
    { authority: 'be-fedpol', list: 'stolen', camera: 'south-2', word: 'misread', count: 1 },
  ]);
});

it('takes nothing that is not of the contract, and keeps no trace of which hit it was', async () => {
  const good = verdict({ ...about, step: 'dispatched' });
  const bad = [
    Buffer.from('null'),
    Buffer.from([0xff]),
    Buffer.concat([encodeMessage(good), Buffer.alloc(4_000, 0x20)]),
    encodeMessage({ ...good, data: { ...about, step: 'verdict', verdict: 'guilty' } }),
    encodeMessage({ ...good, data: { ...good.data, camera: '../etc' } }),
    encodeMessage({ ...good, type: 'eu.hazeldonk.anpr.hit.v1' }),
  ];
  for (const payload of [...bad, encodeMessage(good)]) await send(payload);
  await vi.waitFor(() => expect(counts.counts()).toEqual(counted(['dispatched'])));
  expect(database.serialize().includes(about.hit)).toBe(false);
});
