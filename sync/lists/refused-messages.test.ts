import { createHash, generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { MemoryBroker } from '../broker/memory-link.ts';
import { topics } from '../broker/topics.ts';
import { encodeChunk } from './chunk.ts';
import { encodeIndex } from './chunk-index.ts';
import { listWorld, place, startMs, stolen, TestAuthority, TestNode } from './list-world.fixture.ts';
import { type ActiveManifest, signManifest } from './manifest.ts';
import type { RefusalReason } from './refusals.ts';
import { RefusedLists } from './refused-lists.ts';
import { ListSeal } from './sealing/seal.ts';
import { wrapListKey } from './sealing/wrap.ts';

const rows = ['12-ABC-3,NL,ref-1', '1-OIA-234,B,ref-2', 'AB-123-CD,F,ref-3'];
const retain = { qos: 1, retain: true, deadlineMs: 1000 } as const;
const manifestTopic = topics.listManifest('NL', 'stolen');
const otherKey = generateKeyPairSync('ed25519').privateKey;

type World = Awaited<ReturnType<typeof worldWithTwoVersions>>;
type Hostile = (world: World) => Promise<unknown>;

/** A node that matches version 2 of a list, whose version 1 an attacker has kept. */
async function worldWithTwoVersions() {
  const world = await listWorld();
  const { authority, centre, node } = world;
  await authority.build(rows);
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  const first = authority.folder.published()?.bytes ?? Buffer.alloc(0);
  await authority.build(rows, { rotateKey: true });
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 2);
  const second = authority.folder.builtManifest() as ActiveManifest;
  const third: ActiveManifest = { ...second, version: 3, predecessor: null };
  const send = (bytes: Uint8Array, topic = manifestTopic) => centre.publish(topic, bytes, retain);
  const sign = (manifest: ActiveManifest) => signManifest(manifest, authority.signingKey).bytes;
  /** A version whose one chunk is these bytes; its index and its signature are in order. */
  const versionOf = async (chunk: Buffer, records: number, sent: Uint8Array = chunk) => {
    const sha256 = createHash('sha256').update(chunk).digest();
    const index = encodeIndex({ prefixBits: 0, chunks: [{ sha256, bytes: chunk.length, records }] });
    const indexSha256 = createHash('sha256').update(index).digest('hex');
    const snapshot = { version: 3, index: { sha256: indexSha256, bytes: index.length }, records, bytes: chunk.length };
    await send(index, topics.listBlob('NL', 'stolen', indexSha256));
    await send(sent, topics.listBlob('NL', 'stolen', sha256.toString('hex')));
    await send(sign({ ...third, entries: records, snapshot, deltas: [] }));
  };
  const seal = new ListSeal(authority.folder.listKey(), second);
  const sealed = ['12ABC3', '1OIA234'].map((text) =>
    seal.seal(text.replace('O', '0').replace('I', '1'), { text, reference: 'x' }),
  );
  const records = sealed.sort((a, b) => a.lookup.compare(b.lookup));
  return { ...world, first, second, third, send, sign, versionOf, records };
}

const whole = { prefixBits: 0, ordinal: 0, removals: false };
const flipped = (bytes: Uint8Array, at: number) => {
  const altered = Buffer.from(bytes);
  altered[at] = (altered[at] ?? 0) ^ 1;
  return altered;
};
const past = { issued: '2026-01-01T00:00:00Z', validFrom: '2026-01-01T00:00:00Z', validUntil: '2026-02-01T00:00:00Z' };

const hostile: readonly [string, RefusalReason, Hostile][] = [
  ['forged', 'bad-signature', ({ third, send }) => send(signManifest(third, otherKey).bytes)],
  [
    'altered',
    'bad-signature',
    ({ third, sign, send }) => {
      const text = sign(third).toString().replace('"priority":2', '"priority":1');
      return send(Buffer.from(text));
    },
  ],
  ['truncated', 'bad-manifest', ({ third, sign, send }) => send(sign(third).subarray(0, -1))],
  [
    'written otherwise',
    'bad-manifest',
    ({ third, sign, send }) => send(Buffer.from(JSON.stringify(JSON.parse(sign(third).toString()), null, 1))),
  ],
  ['replayed', 'replayed', ({ first, send }) => send(first)],
  ['downgraded', 'downgraded', ({ third, sign, send }) => send(sign({ ...third, generation: 1 }))],
  ['of a second history', 'forked', ({ second, sign, send }) => send(sign({ ...second, title: 'another' }))],
  [
    'following another version',
    'forked',
    ({ third, sign, send }) => send(sign({ ...third, predecessor: { version: 2, sha256: 'a'.repeat(64) } })),
  ],
  ['expired', 'expired', ({ third, sign, send }) => send(sign({ ...third, ...past }))],
  ['of another list', 'wrong-topic', ({ third, sign, send }) => send(sign({ ...third, list: 'other' }))],
  [
    'of an unknown authority',
    'unknown-authority',
    ({ third, send }) =>
      send(signManifest({ ...third, authority: 'XX' }, otherKey).bytes, topics.listManifest('XX', 'stolen')),
  ],
  ['oversized', 'too-large', ({ send }) => send(Buffer.alloc(64 * 1024 + 1, '{'))],
  ['endless brackets', 'bad-manifest', ({ send }) => send(Buffer.alloc(64 * 1024, '['))],
  [
    'with an altered blob',
    'altered-blob',
    ({ versionOf, records }) => {
      const chunk = encodeChunk(whole, records);
      return versionOf(chunk, 2, flipped(chunk, 30));
    },
  ],
  [
    'with a truncated blob',
    'altered-blob',
    ({ versionOf, records }) => {
      const chunk = encodeChunk(whole, records);
      return versionOf(chunk, 2, chunk.subarray(0, -1));
    },
  ],
  [
    'with an oversized blob',
    'altered-blob',
    ({ versionOf, records }) => {
      const chunk = encodeChunk(whole, records);
      return versionOf(chunk, 2, Buffer.concat([chunk, Buffer.alloc(2_000_000)]));
    },
  ],
  [
    'with reordered records',
    'bad-content',
    ({ versionOf, records }) => versionOf(encodeChunk(whole, records.toReversed()), 2),
  ],
  [
    'with a repeated record',
    'bad-content',
    ({ versionOf, records }) =>
      versionOf(
        encodeChunk(
          whole,
          records.flatMap((one) => [one, one]),
        ),
        4,
      ),
  ],
  [
    'with another number of records',
    'bad-content',
    ({ versionOf, records }) => versionOf(encodeChunk(whole, records), 3),
  ],
  [
    'with a chunk of another place',
    'bad-content',
    ({ versionOf, records }) => versionOf(encodeChunk({ ...whole, ordinal: 1 }, records), 2),
  ],
  [
    'with a removal in its snapshot',
    'bad-content',
    ({ versionOf, records }) =>
      versionOf(encodeChunk(whole, [{ lookup: Buffer.alloc(16), sealed: Buffer.alloc(0) }, ...records]), 3),
  ],
  [
    'with an oversized key',
    'too-large',
    ({ send }) => send(Buffer.alloc(5000, 'a'), topics.listKey(place.id, 'NL', 'stolen', 2)),
  ],
  [
    'with a key that is none',
    'bad-wrapped-key',
    ({ send }) => send(Buffer.from('a.b.c.d.e'), topics.listKey(place.id, 'NL', 'stolen', 2)),
  ],
  [
    'with another key',
    'wrong-key',
    async ({ second, node, send }) => {
      const wrapped = await wrapListKey(Buffer.alloc(32, 9), second, node.key.publicKey);
      return send(Buffer.from(wrapped), topics.listKey(place.id, 'NL', 'stolen', 2));
    },
  ],
];

it.each(hostile)(
  'refuses a version %s as %s, reports it, and the last good version keeps matching',
  async (_, reason, send) => {
    const world = await worldWithTwoVersions();
    const { node } = world;
    await send(world);
    await node.until(() => node.refusals.length > 0);
    expect(node.refusals[0]).toMatchObject({ reason });
    expect(node.sync.refusals.get(reason)).toBeGreaterThan(0);
    expect(node.matching('12ABC3')[0]?.list).toMatchObject({ generation: 2, version: 2 });
    expect(node.blackLists.lists(startMs)).toHaveLength(1);
  },
);

it('refuses a list that another authority signed, although the node trusts that one with its own', async () => {
  const broker = new MemoryBroker();
  const national = new TestAuthority();
  const neighbour = new TestAuthority({ ...stolen, authority: 'BE' });
  const authorities = [national, neighbour];
  const node = (await TestNode.open({ link: broker.link(), authorities })).start();
  const centre = broker.link();
  for (const authority of authorities) {
    await authority.build(rows);
    await authority.publish(centre, [node.key.publicKey]);
  }
  await node.until(() => node.applied.length === 2);
  const next = { ...(national.folder.builtManifest() as ActiveManifest), version: 2, predecessor: null };
  await centre.publish(manifestTopic, signManifest(next, neighbour.signingKey).bytes, retain);
  await node.until(() => node.refusals.length > 0);
  expect(node.refusals).toEqual([{ authority: 'NL', list: 'stolen', version: null, reason: 'bad-signature' }]);
  expect(node.matching('12ABC3').map(({ list }) => `${list.authority} ${list.version}`)).toEqual(['BE 1', 'NL 1']);
});

it('goes on to the next good version after all of that', async () => {
  const world = await worldWithTwoVersions();
  for (const [, , send] of hostile) await send(world);
  const { node, authority, centre } = world;
  await authority.build(rows.slice(0, 2));
  await authority.build(rows.slice(0, 1));
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.at(-1)?.version === 4);
  expect(node.matching('12ABC3')[0]?.list.version).toBe(4);
  expect(node.matching('1OIA234', 'B')).toEqual([]);
});

it('does not let a flood of refused messages fill the log', async () => {
  const lines: string[] = [];
  const log = { event: (_: string, event: string) => void (event === 'list/refused' && lines.push(event)) };
  const broker = new MemoryBroker();
  const authority = new TestAuthority();
  const node = (await TestNode.open({ link: broker.link(), authorities: [authority], log })).start();
  const flood = 2000;
  for (let n = 0; n < flood; n += 1)
    broker.take(n % 2 ? manifestTopic : topics.listManifest('NL', `l${n}`), Buffer.from('{'), false);
  await node.until(() => node.refusals.length === flood);
  expect(node.sync.refusals.get('bad-manifest')).toBe(flood);
  expect(lines.length).toBeGreaterThan(8);
  expect(lines.length).toBeLessThan(300);
});

it('keeps a ledger that a stranger can neither fill nor use to write on the console', () => {
  const ledger = new RefusedLists();
  const refuse = (authority: string, list: string, reason: RefusalReason) =>
    ledger.note({ authority, list, version: null, reason });
  refuse('NL', 'stolen', 'replayed');
  refuse('NL', 'stolen', 'expired');
  refuse('XX', 'stolen', 'unknown-authority');
  refuse('NL', '\x1b[2J', 'bad-manifest');
  for (let n = 0; n < 1000; n += 1) refuse('NL', `list-${n}`, 'bad-manifest');
  expect(ledger.of('NL', 'stolen')).toEqual({ authority: 'NL', id: 'stolen', reason: 'expired', count: 2 });
  expect(ledger.all()).toHaveLength(64);
  expect(ledger.totals.get('bad-manifest')).toBe(1001);
  ledger.applied('NL', 'stolen');
  expect(ledger.of('NL', 'stolen')).toBeNull();
});
