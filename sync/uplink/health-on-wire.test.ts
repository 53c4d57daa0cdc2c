import fc from 'fast-check';
import { expect, it } from 'vitest';
import { topics } from '../broker/topics.ts';
import { abstentions } from '../lists/matching/match.ts';
import { encodeMessage, parseMessage } from './cloud-event.ts';
import { type Health, healthSchema, maxHealthBytes } from './health.ts';
import { healthOnWire } from './health-on-wire.ts';

/** A node of four cameras and three lists after a year on a motorway. */
const afterAYear: Health = {
  node: 'nl-a16-042',
  time: '2026-05-01T12:01:00.000Z',
  upSeconds: 31_536_000,
  inhibited: null,
  cameras: ['north-1', 'north-2', 'south-1', 'south-2'].map((name) => ({ name, state: 'ok' })),
  lists: ['NL-POLICE/stolen-vehicles', 'BE-POLICE/stolen-vehicles', 'NL-SIRENE/sis-vehicles'].map((list) => ({
    list,
    version: 4_711,
    state: 'valid',
  })),
  refusals: {},
  funnel: {
    frames: 3_153_600_000,
    gated: 2_500_000_000,
    detected: 210_000_000,
    read: 180_000_000,
    fused: 14_600_000,
    dropped: 120_000,
    passages: 14_600_000,
    hits: 3_650,
  },
  abstained: { improbable: 14_000, 'entry-not-valid': 12 },
  outbox: { hits: 0, pictures: 0, dropped: 0, oldestSeconds: null },
  certificateDays: 300,
  clock: { synchronised: true, errorMs: null },
  audit: { records: 20_000, head: '0123456789abcdef'.repeat(2) },
  temperatureC: 51,
  diskFreeMb: 20_480,
};

/** An MQTT PUBLISH: its head, the topic with its length, the id that QoS 1 needs, and the message. */
function packetBytes(health: Health): number {
  const body = 2 + Buffer.byteLength(topics.health(health.node)) + 2 + encodeMessage(healthOnWire(health)).byteLength;
  return 1 + (body < 128 ? 1 : 2) + body;
}

it('takes less than 0.1 kbit a second of a link, with three lists and four cameras, MQTT and all', () => {
  const bitsASecond = (packetBytes(afterAYear) * 8) / 60;
  console.info(`health: ${packetBytes(afterAYear)} bytes a minute, ${(bitsASecond / 1000).toFixed(3)} kbit/s`);
  expect(bitsASecond).toBeLessThan(100);
});

const few = fc.constantFrom(0, 0, 1, 1234.5);
const word = fc.constantFrom('ok', 'valid', 'dark', 'expired');
const health: fc.Arbitrary<Health> = fc.record(
  {
    node: fc.constant('n1'),
    time: fc.constant(afterAYear.time),
    upSeconds: few,
    software: word,
    models: fc.dictionary(fc.constantFrom('detector', 'reader'), word),
    inhibited: fc.option(word),
    cameras: fc.array(fc.record({ name: word, state: word }), { maxLength: 3 }),
    lists: fc.array(
      fc.record(
        { list: word, version: fc.option(fc.nat()), state: word, refused: fc.record({ code: word, count: few }) },
        { requiredKeys: ['list', 'version', 'state'] },
      ),
      { maxLength: 3 },
    ),
    refusals: fc.dictionary(word, few),
    funnel: fc.dictionary(word, few),
    abstained: fc.dictionary(fc.constantFrom(...abstentions), few),
    outbox: fc.record(
      { hits: few, pictures: few, inMemory: few, dropped: few, oldestSeconds: fc.option(few) },
      { requiredKeys: ['hits', 'pictures', 'dropped', 'oldestSeconds'] },
    ),
    certificateDays: fc.option(fc.integer({ min: -9, max: 900 })),
    clock: fc.record({ synchronised: fc.boolean(), errorMs: fc.option(few) }),
    audit: fc.record({ records: few, head: word }),
    temperatureC: fc.option(fc.integer({ min: -40, max: 90 })),
    diskFreeMb: fc.option(few),
  },
  {
    requiredKeys: [
      'node',
      'time',
      'upSeconds',
      'inhibited',
      'cameras',
      'lists',
      'funnel',
      'abstained',
      'outbox',
      'clock',
      'temperatureC',
      'diskFreeMb',
    ],
  },
);

/** Nothing counted, and not counted; no certificate, and none told of: these are the same. */
function meant({ funnel, abstained, refusals, certificateDays, ...rest }: Health): object {
  const counted = (counts = {}) => Object.entries(counts).filter(([, count]) => count !== 0);
  return {
    ...rest,
    funnel: counted(funnel),
    abstained: counted(abstained),
    refusals: counted(refusals),
    certificateDays: certificateDays ?? null,
  };
}

it('leaves nothing out that whoever reads it does not know again', () => {
  fc.assert(
    fc.property(health, (whole) => {
      const read = parseMessage(healthSchema, encodeMessage(healthOnWire(whole)), maxHealthBytes);
      expect(read === null ? null : meant(read)).toEqual(meant(whole));
    }),
  );
});

it('is still read in full length, as earlier versions say it', () => {
  const full = { ...afterAYear, software: '0.1.0', models: { reader: '1' } };
  expect(parseMessage(healthSchema, encodeMessage(full), maxHealthBytes)).toEqual(full);
});
