import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { installationRoot } from '../../config/foundation/installation.ts';
import { uuidV7 } from '../../config/foundation/uuid-v7.ts';
import type { BrokerMessage } from '../broker/broker-link.ts';
import { MemoryBroker } from '../broker/memory-link.ts';
import { topicMatches } from '../broker/topic-filter.ts';
import { topics } from '../broker/topics.ts';
import { Receiver } from '../central/receiver.ts';
import { SqliteHitStore } from '../central/sqlite-hit-store.ts';
import { VerifyingOpener } from '../central/verification/hit-opener.ts';
import { KnownNodes } from '../central/verification/known-nodes.ts';
import { readRecipientKeys } from '../central/verification/recipient-key-files.ts';
import { enrolledNode, recipientsWithKeys, temporaryFolder } from '../central/verification/signed-world.fixture.ts';
import { listWorld } from '../lists/list-world.fixture.ts';
import { encodeMessage, parseMessage } from '../uplink/cloud-event.ts';
import { hitSchema, maxHitBytes } from '../uplink/hit.ts';
import { Outbox } from '../uplink/outbox.ts';
import { presenceWill } from '../uplink/presence.ts';
import { Publisher } from '../uplink/publisher.ts';
import { sampleHit, samplePicture } from '../uplink/sample-hit.test-data.ts';
import { contractFiles, contractSchemas } from './contract-files.ts';
import { wireChannels } from './wire-channels.ts';
import { wireMessages } from './wire-messages.ts';

const folder = join(installationRoot(), 'sync', 'wire', 'contract');
const written = new Map(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => [relative('.', name), readFileSync(join(folder, name), 'utf8')]),
);
const document = parse(written.get('asyncapi.yaml') ?? '');
const validators = new Map<string, ValidateFunction>();

beforeAll(() => {
  const ajv = new Ajv({ validateFormats: false, allErrors: false, strict: true, strictRequired: false });
  for (const [name, text] of written)
    if (name.endsWith('.json')) validators.set(name.replace(/^schemas\/|\.json$/g, ''), ajv.compile(JSON.parse(text)));
});

const validatorOf = (name: string): ValidateFunction => {
  const validator = validators.get(name);
  if (!validator) throw new Error(`no schema ${name}`);
  return validator;
};

/** The channel whose address a topic fits, and what of its messages a payload is. */
function readByContract({ topic, payload }: Pick<BrokerMessage, 'topic' | 'payload'>) {
  const channels = Object.entries(document.channels as Record<string, { address: string; messages: object }>).filter(
    ([, { address }]) => topicMatches(address.replaceAll(/\{\w+\}/g, '+'), topic),
  );
  expect(channels, topic).toHaveLength(1);
  const [name, channel] = channels[0] ?? ['', { messages: {} }];
  const fitting = Object.keys(channel.messages).filter((message) => {
    const { payload: schema, 'x-most-bytes': mostBytes } = document.components.messages[message];
    if (payload.byteLength > mostBytes) return false;
    if (schema === undefined) return payload[0] !== 0x7b;
    const json = payload[0] === 0x7b ? JSON.parse(Buffer.from(payload).toString()) : null;
    return validatorOf(schema.$ref.replace('#/components/schemas/', ''))(json);
  });
  return { channel: name, fitting };
}

describe('the contract of the wire', () => {
  it('is written down as the code says it (otherwise: anpr-central contract --out sync/wire/contract)', () => {
    const generated = contractFiles();
    expect([...written.keys()].sort()).toEqual([...generated.keys()].sort());
    for (const [name, text] of generated) expect(written.get(name), name).toBe(text);
  });

  it('is whole: every reference in the document leads somewhere', () => {
    const references: string[] = [];
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [name, inner] of Object.entries(value))
        if (name === '$ref') references.push(String(inner));
        else walk(inner);
    };
    walk(document);
    expect(references.length).toBeGreaterThan(30);
    for (const reference of references) {
      const path = reference.replace(/^#\//, '').split('/');
      const target = path.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document);
      expect(target, reference).toBeDefined();
    }
    expect(document.asyncapi).toBe('3.0.0');
  });

  it('has a channel for every topic of the product, and every message in a channel', () => {
    const made = Object.values(topics).map((topic) =>
      typeof topic === 'string'
        ? topic.replaceAll('+', 'x')
        : (topic as (...words: unknown[]) => string)('n', 'l', 'plate', 1),
    );
    for (const topic of made) {
      const channels = Object.values(wireChannels).filter(({ address }) =>
        topicMatches(address.replaceAll(/\{\w+\}/g, '+'), topic),
      );
      expect(channels, topic).toHaveLength(1);
    }
    const used = new Set(Object.values(wireChannels).flatMap((one) => one.messages));
    expect([...used].sort()).toEqual(Object.keys(wireMessages).sort());
  });

  it('fits every message of a node and a centre at work: signed, sealed, receipts, pictures, presence', async () => {
    const register = temporaryFolder();
    const { recipients, secretKeyFiles } = await recipientsWithKeys(['nl-jit-7']);
    const police = await recipientsWithKeys(['nl-police']);
    const { sealer } = await enrolledNode('gantry-7', { register, recipients });
    const broker = new MemoryBroker();
    const store = SqliteHitStore.open(':memory:');
    const outbox = Outbox.open(join(temporaryFolder(), 'outbox.sqlite'), { diskBudgetBytes: 1e8 });
    const opener = new VerifyingOpener(
      KnownNodes.inFolder(register),
      await readRecipientKeys([...secretKeyFiles, ...police.secretKeyFiles]),
    );
    const receiver = new Receiver({ link: broker.link(), store, opener });
    const stop = new AbortController();
    const pictures = { plate: samplePicture(100, 1), scene: samplePicture(2_000, 2) };
    const running = [
      receiver.run(stop.signal),
      new Publisher({ node: 'gantry-7', link: broker.link(), outbox }).run(stop.signal),
    ];
    for (const names of [['nl-jit-7'], ['nl-police']]) {
      const hit = sampleHit({ recipients: names, evidence: pictures });
      const { body, pictures: wirePictures } = await sealer.seal(hit, pictures);
      outbox.append(hit, wirePictures, body);
    }
    await vi.waitFor(() => expect(outbox.counts()).toMatchObject({ hitsWaiting: 0, picturesWaiting: 0 }), 10_000);
    stop.abort();
    await Promise.all(running);
    outbox.close();
    await store.close();
    const will = presenceWill({ node: 'gantry-7', site: 'x', software: '1', startedAt: '2026-05-01T12:00:00.000Z' });
    const all = [...broker.published, { topic: will.topic, payload: will.payload }];
    const kinds = new Set(
      all.map((message) => {
        const { channel, fitting } = readByContract(message);
        expect(fitting, message.topic).toHaveLength(1);
        return `${channel} ${fitting[0]}`;
      }),
    );
    expect([...kinds].sort()).toEqual([
      'centreReady centreReady',
      'evidence picture',
      'evidence sealedPicture',
      'hits sealedHit',
      'hits signedHit',
      'presence presence',
      'receipts receipt',
    ]);
  });

  it('fits every message of a list on its way', async () => {
    const { authority, broker, node, centre } = await listWorld();
    await authority.build(['12-ABC-3,NL,r1']);
    await authority.publish(centre, [node.key.publicKey]);
    await node.until(() => node.applied.length === 1);
    const channels = broker.published.map((message) => {
      const { channel, fitting } = readByContract(message);
      expect(fitting, message.topic).toHaveLength(1);
      return channel;
    });
    expect(new Set(channels)).toEqual(new Set(['listBlob', 'listKey', 'listManifest']));
  });

  it.each([
    ['as it is', {}],
    ['with a word that this version does not know', { traceparent: '00-ab' }],
    [
      'with a plate in lower case',
      { data: { ...sampleHit().data, plate: { ...sampleHit().data.plate, listed: 'abc' } } },
    ],
    ['with an escape sequence in a text', { data: { ...sampleHit().data, site: '\u001b[2J' } }],
    ['with a text that turns the direction', { data: { ...sampleHit().data, site: 'a\u202eb' } }],
    ['without an evidence', { data: { ...sampleHit().data, evidence: undefined } }],
    ['with an id of another version', { id: '01890a5d-ac96-474b-8cce-b302099a8057' }],
    ['with a time without milliseconds', { time: '2026-05-01T12:00:02Z' }],
    ['with a time that is none', { time: 'yesterday' }],
    [
      'with a probability above 1',
      { data: { ...sampleHit().data, plate: { ...sampleHit().data.plate, matchProbability: 2 } } },
    ],
    ['of another type', { type: 'eu.hazeldonk.anpr.hit.v2' }],
  ])('judges a hit %s as the programs do', (_, change) => {
    const hit = JSON.parse(JSON.stringify({ ...sampleHit({ id: uuidV7(1) }), ...change }));
    const taken = parseMessage(hitSchema, encodeMessage(hit), maxHitBytes) !== null;
    expect(validatorOf('Hit')(hit)).toBe(taken);
  });

  it('has no schema that accepts everything', () => {
    for (const name of Object.keys(contractSchemas()))
      for (const wrong of [null, [], {}, '', 0]) expect(validatorOf(name)(wrong), name).toBe(false);
  });
});
