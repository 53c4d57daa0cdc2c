import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Log } from '../../../config/foundation/log.ts';
import { uuidV7 } from '../../../config/foundation/uuid-v7.ts';
import { topics } from '../../broker/topics.ts';
import { encodeMessage, parseMessage } from '../../uplink/cloud-event.ts';
import { type Hit, hitSchema, maxHitBytes } from '../../uplink/hit.ts';
import { maxEnvelopeBytes } from '../../uplink/hit-envelope.ts';
import type { HitSealer } from '../../uplink/hit-sealer.ts';
import { sampleHit, samplePicture } from '../../uplink/sample-hit.test-data.ts';
import { strikeOff } from '../fleet/strike-off.ts';
import { VerifyingOpener } from './hit-opener.ts';
import { KnownNodes } from './known-nodes.ts';
import { readRecipientKeys } from './recipient-key-files.ts';
import { enrolledNode, recipientsWithKeys, temporaryFolder } from './signed-world.fixture.ts';

const node = 'gantry-7';
let register: string;
let sealer: HitSealer;
let opener: VerifyingOpener;

beforeEach(async () => {
  register = temporaryFolder();
  ({ sealer } = await enrolledNode(node, { register }));
  opener = new VerifyingOpener(KnownNodes.inFolder(register));
});

const sent = (payload: Uint8Array, topic = topics.hits(node)) => ({ topic, payload, retained: false });
const open = (payload: Uint8Array, topic?: string) => opener.event(sent(payload, topic));
const changed = (payload: Uint8Array, change: (envelope: Record<string, unknown>) => object) =>
  encodeMessage(change(JSON.parse(Buffer.from(payload).toString())));
const bodyOf = async (hit: Hit) => (await sealer.seal(hit, {})).body;

describe('a signed hit', () => {
  it('opens to the very event that the node signed, with the signature as proof', async () => {
    const hit = sampleHit();
    const opened = await open(await bodyOf(hit));
    if ('refused' in opened) throw new Error(opened.refused);
    expect(parseMessage(hitSchema, opened.body, maxHitBytes)).toEqual(hit);
    expect(opened.signed?.split('.')).toHaveLength(3);
  });

  it('shows outside no more than who, what kind, and how urgent', async () => {
    const envelope = JSON.parse(Buffer.from(await bodyOf(sampleHit())).toString());
    expect(Object.keys(envelope).sort()).toEqual(
      ['data', 'datacontenttype', 'id', 'priority', 'source', 'specversion', 'type'].sort(),
    );
  });

  it('stays within the limit of the wire when it is as large as a hit may be', async () => {
    const hit = sampleHit();
    const recipients = Array.from({ length: 32 }, (_, at) => `team-${at}`);
    const teams = await recipientsWithKeys(recipients);
    const large = await enrolledNode(node, { recipients: teams.recipients });
    const reference = 'x'.repeat(200);
    const widest = { ...hit, data: { ...hit.data, entry: { ...hit.data.entry, recipients, reference } } };
    const padded = { ...widest, data: { ...widest.data, site: 'y'.repeat(maxHitBytes - 4_000) } };
    const { body } = await large.sealer.seal(padded, {});
    expect(body.byteLength).toBeLessThan(maxEnvelopeBytes);
  });

  it('is refused when any byte of it was changed', async () => {
    const body = await bodyOf(sampleHit());
    await fc.assert(
      fc.asyncProperty(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const bytes = Uint8Array.from(body);
        bytes[at] = (bytes[at] ?? 0) ^ by;
        const opened = await open(bytes);
        // A change in the spelling of the JSON alone leaves every word as it was signed.
        if (!('refused' in opened))
          expect(JSON.parse(Buffer.from(bytes).toString())).toMatchObject(JSON.parse(Buffer.from(body).toString()));
      }),
      { numRuns: 300 },
    );
  });

  it('is refused under every name that it was not signed with', async () => {
    const body = await bodyOf(sampleHit({ priority: 2 }));
    const refusals = {
      id: await open(changed(body, (one) => ({ ...one, id: uuidV7() }))),
      type: await open(changed(body, (one) => ({ ...one, type: 'eu.hazeldonk.anpr.hit.withdrawn.v1' }))),
      priority: await open(changed(body, (one) => ({ ...one, priority: 9 }))),
      noPriority: await open(changed(body, ({ priority: _, ...one }) => one)),
      source: await open(changed(body, (one) => ({ ...one, source: '/nodes/another' }))),
      topic: await open(body, topics.hits('another')),
      deeper: await open(body, `${topics.hits(node)}/more`),
    };
    expect(refusals).toEqual({
      id: { refused: 'other-words' },
      type: { refused: 'other-words' },
      priority: { refused: 'other-words' },
      noPriority: { refused: 'other-words' },
      source: { refused: 'wrong-topic' },
      topic: { refused: 'wrong-topic' },
      deeper: { refused: 'wrong-topic' },
    });
  });

  it('is refused from a node that another node pretends to be', async () => {
    const { sealer: other } = await enrolledNode('gantry-8', { register });
    const forged = sampleHit({ node });
    const { body } = await other.seal(forged, {});
    expect(await open(body)).toEqual({ refused: 'bad-signature' });
    const { sealer: twin } = await enrolledNode(node);
    expect(await open((await twin.seal(forged, {})).body)).toEqual({ refused: 'bad-signature' });
  });

  it.each([
    ['alg none', { alg: 'none', kid: node, typ: 'cloudevents+jws' }],
    ['a symmetric algorithm', { alg: 'HS256', kid: node, typ: 'cloudevents+jws' }],
    ['a critical extension', { alg: 'ES256', kid: node, typ: 'cloudevents+jws', crit: ['b64'], b64: false }],
    ['no header at all', null],
  ])('is refused with %s', async (_, header) => {
    const body = changed(await bodyOf(sampleHit()), (one) => {
      const [, payload, signature] = String(one.data).split('.');
      return { ...one, data: `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload}.${signature}` };
    });
    expect(await open(body)).toEqual({ refused: 'bad-signature' });
  });

  it('tells a hit that is not signed from what is no hit', async () => {
    expect(await open(encodeMessage(sampleHit()))).toEqual({ refused: 'unsigned' });
    for (const payload of [new Uint8Array(), Buffer.from('null'), Buffer.from([0xff]), Buffer.from('['.repeat(9_000))])
      expect(await open(payload)).toEqual({ refused: 'malformed' });
    expect(await open(Buffer.alloc(maxEnvelopeBytes + 1, 0x20))).toEqual({ refused: 'malformed' });
  });
});

describe('the register of nodes', () => {
  it('takes in a node and strikes one off while the centre runs, without being read for every stranger', async () => {
    let nowMs = 1_000_000;
    let reads = 0;
    let registered: { kid: string; signing?: never }[] | Awaited<ReturnType<typeof enrolledNode>>['publicKey'][] = [];
    const nodes = new KnownNodes({
      read: () => {
        reads += 1;
        return registered;
      },
      monotonicMs: () => nowMs,
    });
    const late = await enrolledNode('late');
    expect(await nodes.keyOf('late')).toBeNull();
    registered = [late.publicKey];
    for (let times = 0; times < 100; times += 1) await nodes.keyOf(`stranger-${times}`);
    expect(reads).toBe(1);
    nowMs += 2_500;
    expect(await nodes.keyOf('late')).not.toBeNull();
    registered = [{ kid: 'late' }];
    expect(await nodes.keyOf('late')).not.toBeNull();
    nowMs += 31_000;
    expect(await nodes.keyOf('late')).toBeNull();
  });

  it('stops believing a node that was struck off, wherever the clock of the day was set meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'], now: Date.UTC(2026, 4, 2) });
    onTestFinished(() => void vi.useRealTimers());
    const { publicKey } = await enrolledNode('gone');
    let registered: { kid: string; signing?: never }[] | (typeof publicKey)[] = [publicKey];
    const nodes = new KnownNodes({ read: () => registered });
    expect(await nodes.keyOf('gone')).not.toBeNull();
    registered = [];
    vi.setSystemTime(Date.UTC(2026, 4, 1));
    vi.advanceTimersByTime(31_000);
    expect(await nodes.keyOf('gone')).toBeNull();
  });

  it('refuses nodes that it does not know, and such as were enrolled before hits were signed', async () => {
    const { sealer: stranger, publicKey } = await enrolledNode('gantry-9');
    const { body } = await stranger.seal(sampleHit({ node: 'gantry-9' }), {});
    expect(await open(body, topics.hits('gantry-9'))).toEqual({ refused: 'unknown-node' });
    const { signing: _, ...old } = publicKey;
    writeFileSync(join(register, 'gantry-9.json'), JSON.stringify(old));
    opener = new VerifyingOpener(KnownNodes.inFolder(register));
    expect(await open(body, topics.hits('gantry-9'))).toEqual({ refused: 'unknown-node' });
  });

  it('goes on with the nodes it knows while it cannot be read, and does not begin without', async () => {
    let nowMs = 0;
    const { publicKey } = await enrolledNode(node, { register });
    const folder = register;
    const nodes = KnownNodes.inFolder(folder, undefined, () => nowMs);
    rmSync(folder, { recursive: true });
    nowMs += 60_000;
    expect(await nodes.keyOf(publicKey.kid)).not.toBeNull();
    expect(() => KnownNodes.inFolder(folder)).toThrow(/cannot read the folder/);
  });

  it('stops believing nodes that were struck off or taken away, though a file of another cannot be read', async () => {
    let nowMs = 0;
    const names = ['struck', 'taken', 'back', 'garbled'];
    for (const name of names) await enrolledNode(name, { register });
    const nodes = KnownNodes.inFolder(register, undefined, () => nowMs);
    const believed = async () => {
      const keys = await Promise.all([...names, node].map(async (name) => [name, await nodes.keyOf(name)] as const));
      return keys.flatMap(([name, key]) => (key === null ? [] : [name]));
    };
    expect(await believed()).toEqual([...names, node]);
    writeFileSync(join(register, 'garbled.json'), 'half a ke');
    nowMs += 31_000;
    expect(await believed()).toEqual([...names, node]);
    const kept = readFileSync(join(register, 'back.json'));
    for (const name of ['struck', 'back']) strikeOff(register, name, 0);
    writeFileSync(join(register, 'back.json'), kept);
    rmSync(join(register, 'taken.json'));
    nowMs += 31_000;
    expect(await believed()).toEqual(['garbled', node]);
  });
});

describe('a sealed hit', () => {
  it('opens for its own team with its pictures, and for no other', async () => {
    const names = ['nl-jit-7', 'be-jit-7', 'nl-police'];
    const { recipients, secretKeyFiles } = await recipientsWithKeys(names);
    const jit = await enrolledNode(node, { register, recipients });
    const hit = sampleHit({ recipients: ['nl-jit-7', 'be-jit-7', 'somebody-without-a-key'] });
    const plate = samplePicture(5_000, 3);
    const { body, pictures } = await jit.sealer.seal(hit, { plate });
    expect(Buffer.from(pictures.plate ?? []).includes(Buffer.from(plate.subarray(0, 30)))).toBe(false);
    const outcomes = await Promise.all(
      secretKeyFiles.map(async (file) => {
        const team = new VerifyingOpener(KnownNodes.inFolder(register), await readRecipientKeys([file]));
        const opened = await team.event(sent(body));
        const picture = await team.picture(pictures.plate ?? new Uint8Array());
        return 'refused' in opened
          ? [opened.refused, picture]
          : [parseMessage(hitSchema, opened.body, maxHitBytes), picture];
      }),
    );
    expect(outcomes).toEqual([
      [hit, { jpeg: new Uint8Array(plate), openedFor: [expect.any(String)] }],
      [hit, { jpeg: new Uint8Array(plate), openedFor: [expect.any(String)] }],
      ['not-for-us', { refused: 'not-for-us' }],
    ]);
    expect(await open(body)).toEqual({ refused: 'not-for-us' });
  });

  it('is only signed where none of its recipients has a key', async () => {
    const { recipients } = await recipientsWithKeys(['nl-jit-7']);
    const { sealer: own } = await enrolledNode(node, { register, recipients });
    const { body, pictures } = await own.seal(sampleHit({ recipients: ['nl-police'] }), { scene: samplePicture(10) });
    expect('body' in (await new VerifyingOpener(KnownNodes.inFolder(register)).event(sent(body)))).toBe(true);
    expect(pictures.scene).toEqual(samplePicture(10));
  });

  it('is refused when what its recipient finds inside was not signed by the node', async () => {
    const { recipients, secretKeyFiles } = await recipientsWithKeys(['nl-jit-7']);
    const { sealer: impostor } = await enrolledNode(node, { recipients });
    const team = new VerifyingOpener(KnownNodes.inFolder(register), await readRecipientKeys(secretKeyFiles));
    const { body } = await impostor.seal(sampleHit({ recipients: ['nl-jit-7'] }), {});
    expect(await team.event(sent(body))).toEqual({ refused: 'bad-signature' });
    const damaged = changed(body, (one) => ({ ...one, data: { ...(one.data as object), tag: 'A'.repeat(22) } }));
    expect(await team.event(sent(damaged))).toEqual({ refused: 'damaged' });
    const hollow = changed(body, (one) => ({ ...one, data: { ...(one.data as object), recipients: [] } }));
    expect(await team.event(sent(hollow))).toEqual({ refused: 'malformed' });
  });
});

describe('an unsealed hit for others', () => {
  it('makes the centre name each of its recipients once, and no more of a node than one hit may have', async () => {
    const { secretKeyFiles } = await recipientsWithKeys(['nl-jit-7']);
    const said: unknown[] = [];
    const log: Log = { event: (level, event, fields) => void said.push([level, event, fields?.recipients]) };
    const team = new VerifyingOpener(KnownNodes.inFolder(register), await readRecipientKeys(secretKeyFiles), log);
    const refused = async (...recipients: readonly string[]) =>
      expect(await team.event(sent(await bodyOf(sampleHit({ recipients }))))).toEqual({ refused: 'not-for-us' });
    const warned = (recipients: string) => ['warn', 'centre/unsealed-for-others', recipients];
    await refused('nl-police', 'be-fp');
    await refused('be-fp');
    await refused('be-fp', 'de-bka');
    expect(said).toEqual([warned('nl-police, be-fp'), warned('de-bka')]);
    await refused(...Array.from({ length: 32 }, (_, at) => `invented-${at}`));
    await refused('one-more');
    const invented = Array.from({ length: 29 }, (_, at) => `invented-${at}`).join(', ');
    expect(said.slice(2)).toEqual([warned(invented)]);
  });
});

describe('a recipient’s key', () => {
  it('must not be a secret one on a node, nor one under another name', async () => {
    const { RecipientKeys } = await import('../../uplink/recipient-keys.ts');
    const { makeRecipientKey } = await import('./recipient-key-files.ts');
    const folder = temporaryFolder();
    const files = await makeRecipientKey('nl-jit-7', folder);
    const reading = (recipient: string, publicKeyFile: string) =>
      RecipientKeys.fromFiles([{ recipient, publicKeyFile }]);
    await expect(reading('nl-jit-7', files.secretKeyFile)).rejects.toMatchObject({ code: 'recipient/secret-key' });
    await expect(reading('be-jit-7', files.publicKeyFile)).rejects.toMatchObject({ code: 'recipient/bad-key' });
    await expect(reading('x', join(folder, 'none'))).rejects.toMatchObject({ code: 'recipient/bad-key' });
    await expect(makeRecipientKey('nl-jit-7', folder)).rejects.toMatchObject({ code: 'recipient-key/exists' });
    await expect(readRecipientKeys([files.publicKeyFile])).rejects.toMatchObject({ code: 'recipient-key/unreadable' });
  });
});
