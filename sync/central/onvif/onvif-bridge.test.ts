import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MemoryBroker, type MemoryLink } from '../../broker/memory-link.ts';
import { topics } from '../../broker/topics.ts';
import { type Hit, hitSchema } from '../../uplink/hit.ts';
import type { HitSealer } from '../../uplink/hit-sealer.ts';
import { sampleHit } from '../../uplink/sample-hit.test-data.ts';
import { VerifyingOpener } from '../verification/hit-opener.ts';
import { KnownNodes } from '../verification/known-nodes.ts';
import { enrolledNode, recipientsWithKeys, temporaryFolder } from '../verification/signed-world.fixture.ts';
import { OnvifBridge } from './onvif-bridge.ts';
import { onvifEvent } from './onvif-event.ts';

let broker: MemoryBroker;
let node: MemoryLink;
let bridge: OnvifBridge;
let sealer: HitSealer;
let stop: AbortController;
let running: Promise<void>;

beforeEach(async () => {
  const register = temporaryFolder();
  const { recipients } = await recipientsWithKeys(['nl-jit-7']);
  ({ sealer } = await enrolledNode('gantry-7', { register, recipients }));
  broker = new MemoryBroker();
  node = broker.link();
  bridge = new OnvifBridge({ link: broker.link(), opener: new VerifyingOpener(KnownNodes.inFolder(register)) });
  stop = new AbortController();
  running = bridge.run(stop.signal);
});
afterEach(async () => {
  stop.abort();
  await running;
});

const send = async (hit: Hit, by = sealer) => {
  const { body } = await by.seal(hit, {});
  await node.publish(topics.hits('gantry-7'), body, { qos: 1, deadlineMs: 1_000 });
};
const events = () => broker.published.filter(({ topic }) => topic.includes('/onvif-ej/'));

it('tells video management of a hit as a licence-plate event, once however often it comes', async () => {
  const hit = sampleHit();
  await send(hit);
  await send(hit);
  await send(sampleHit());
  await vi.waitFor(() => expect(bridge.counts().published).toBe(2));
  const [first] = events();
  expect(first?.topic).toBe('gantry-7/onvif-ej/RuleEngine/Recognition/LicensePlate/&north-1/Hazeldonk');
  expect(first?.retained).toBe(false);
  expect(JSON.parse(Buffer.from(first?.payload ?? []).toString())).toEqual({
    UtcTime: '2026-05-01T12:00:01.480Z',
    Source: { VideoSource: 'north-1', Rule: 'Hazeldonk' },
    Data: {
      Likelihood: 0.99987,
      LicensePlateInfo: {
        LicensePlateInfo: {
          PlateNumber: { '@Likelihood': 0.991235, '#text': '1ABC234' },
          CountryCode: { '@Likelihood': 0.97, '#text': 'BE' },
        },
      },
    },
  });
  expect(events()).toHaveLength(2);
});

it('tells nobody of a discreet hit, of one that is sealed to a team, or of one that was forged', async () => {
  const { sealer: impostor } = await enrolledNode('gantry-7');
  await send(sampleHit({ action: 'discreet-check' }));
  await send(sampleHit({ recipients: ['nl-jit-7'] }));
  await send(sampleHit(), impostor);
  await node.publish(topics.hits('gantry-7'), Buffer.from('{'), { qos: 1, deadlineMs: 1_000 });
  await vi.waitFor(() => expect(bridge.counts()).toMatchObject({ discreet: 1, sealed: 1, refused: 2 }));
  expect(events()).toEqual([]);
});

it('says nothing of why a vehicle is wanted, nor by whom', () => {
  const hit = sampleHit();
  const text = JSON.stringify(onvifEvent(hit));
  const { list, entry } = hit.data;
  for (const secret of [list.authority, list.id, entry.reference, entry.purpose, entry.legalBasis, entry.action])
    expect(text).not.toContain(secret);
});

it('says a country only where it was read', () => {
  const hit = sampleHit();
  const without = hitSchema.parse({ ...hit, data: { ...hit.data, plate: { ...hit.data.plate, country: 'other' } } });
  expect(JSON.stringify(onvifEvent(without))).not.toContain('CountryCode');
});

it.each([
  ['RKS', 'XK'],
  ['GBZ', 'GI'],
  ['GBJ', 'JE'],
  ['NL', 'NL'],
])('names the country of plates with %s as ISO does: %s', (country, code) => {
  const hit = sampleHit();
  const seen = hitSchema.parse({ ...hit, data: { ...hit.data, plate: { ...hit.data.plate, country } } });
  expect(onvifEvent(seen)?.payload).toMatchObject({
    Data: { LicensePlateInfo: { LicensePlateInfo: { CountryCode: { '#text': code } } } },
  });
});
