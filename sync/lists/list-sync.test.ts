import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MemoryBroker } from '../broker/memory-link.ts';
import { topics } from '../broker/topics.ts';
import { revokeList } from '../central/lists/publish-list.ts';
import { listWorld, place, startMs, stolen, TestAuthority, TestNode } from './list-world.fixture.ts';
import { signManifest } from './manifest.ts';
import { makeNodeKey } from './sealing/node-key.ts';
import { wrapListKey } from './sealing/wrap.ts';

const manifestTopic = topics.listManifest('NL', 'stolen');
const rows = ['12-ABC-3,NL,ref-1', '1-OIA-234,B,ref-2', 'AB-123-CD,F,ref-3'];
const retain = { qos: 1, retain: true, deadlineMs: 1000 } as const;

it('brings a list from the centre to matching', async () => {
  const { authority, node, centre } = await listWorld();
  await authority.build(rows);
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  const [match] = node.matching('12ABC3');
  expect(match).toMatchObject({
    listed: { text: '12ABC3', country: 'NL' },
    read: { text: '12ABC3', probability: 1 },
    grade: 'confirmed',
    list: { authority: 'NL', id: 'stolen', generation: 1, version: 1, purpose: stolen.purpose, ageMs: 0 },
    entry: {
      reference: 'ref-1',
      action: 'stop',
      priority: 2,
      recipients: ['nl-police'],
      deadlineMs: startMs + 900_000,
    },
  });
  expect(node.matching('12ABC4')).toEqual([]);
  expect(node.blackLists.lists(startMs)).toEqual([
    {
      authority: 'NL',
      id: 'stolen',
      validity: 'valid',
      generation: 1,
      version: 1,
      entries: 3,
      ageMs: 0,
      acceptedVersion: 1,
    },
  ]);
});

it('replaces a version by the next, fetching only what changed, and erases the old from broker and node', async () => {
  const { authority, node, centre, broker } = await listWorld();
  await authority.build(rows);
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  await authority.build(rows.slice(1));
  const report = await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 2);
  expect(node.matching('12ABC3')).toEqual([]);
  expect(node.matching('AB123CD', 'F')).toHaveLength(1);
  expect(report.erased).toBe(2);
  expect([...broker.retained.keys()].filter((topic) => topic.includes('/blobs/'))).toHaveLength(2);
  await authority.build(rows.slice(1));
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 3);
  expect(node.database.prepare('SELECT count(*) AS chunks FROM chunk').get()).toEqual({ chunks: 1 });
});

it('keeps the plates of a list out of its database and of every message', async () => {
  const { authority, node, centre, broker } = await listWorld();
  await authority.build(rows);
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  const files = readdirSync(node.folder).filter((name) => name.startsWith('lists.sqlite'));
  expect(files).toContain('lists.sqlite-wal');
  const everything = Buffer.concat([
    ...files.map((name) => readFileSync(join(node.folder, name))),
    ...broker.published.flatMap(({ topic, payload }) => [Buffer.from(topic), payload]),
  ]);
  const text = everything.toString('latin1').toUpperCase();
  expect(text).toContain('"AUTHORITY":"NL"');
  for (const plate of ['12ABC3', '12-ABC-3', '1OIA234', '101A234', '1-OIA-234', 'AB123CD', 'AB-123-CD', 'REF-1']) {
    expect(text).not.toContain(plate);
    expect(text).not.toContain(Buffer.from(plate).toString('base64').replace(/=+$/, '').slice(0, -1).toUpperCase());
    expect(text).not.toContain(Buffer.from(plate).toString('hex').toUpperCase());
  }
});

it('refuses every message with one byte changed and keeps the last good version', async () => {
  const { authority, node, centre, broker } = await listWorld();
  await authority.build(rows);
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  await authority.build(rows.slice(1));
  const next = signManifest(authority.folder.builtManifest(), authority.signingKey).bytes;
  for (let at = 0; at < next.length; at += 7) {
    const altered = Buffer.from(next);
    altered[at] = (altered[at] ?? 0) ^ 1;
    await centre.publish(manifestTopic, altered, retain);
  }
  const sent = Math.ceil(next.length / 7);
  await node.until(() => node.refusals.length === sent);
  expect(new Set(node.refusals.map((refusal) => refusal.reason))).toEqual(
    new Set(['bad-manifest', 'bad-signature', 'wrong-topic']),
  );
  expect(node.matching('12ABC3')).toHaveLength(1);
  expect(broker.retained.size).toBeGreaterThan(0);
  await centre.publish(manifestTopic, next.subarray(0, next.length - 1), retain);
  await centre.publish(manifestTopic, Buffer.alloc(100_000, '['), retain);
  await node.until(() => node.refusals.length === sent + 2);
  expect(node.sync.refusals.get('bad-manifest')).toBeGreaterThanOrEqual(2);
});

it('takes a blob only when every byte is right, and takes the right one when it comes later', async () => {
  const { authority, node, centre } = await listWorld();
  const manifest = await authority.build(rows);
  const { sha256 } = manifest.snapshot.index;
  const topic = topics.listBlob('NL', 'stolen', sha256);
  const blob = authority.folder.blob(sha256);
  const signed = signManifest(manifest, authority.signingKey);
  await centre.publish(manifestTopic, signed.bytes, retain);
  const altered = Buffer.from(blob);
  altered[20] = (altered[20] ?? 0) ^ 1;
  for (const wrong of [altered, blob.subarray(1), Buffer.concat([blob, blob])]) {
    await centre.publish(topic, wrong, retain);
  }
  await node.until(() => node.refusals.length >= 1);
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  expect(new Set(node.refusals.map((refusal) => refusal.reason))).toEqual(new Set(['altered-blob']));
  expect(node.matching('12ABC3')).toHaveLength(1);
});

it('refuses replay, downgrade, a second history, an ended validity, a wrong topic and a stranger, each by its name', async () => {
  const { authority, node, centre } = await listWorld();
  const first = await authority.build(rows);
  await authority.publish(centre, [node.key.publicKey]);
  await authority.build(rows, { rotateKey: true });
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.some((one) => one.version === 2));
  const second = authority.folder.builtManifest();
  if (second.state !== 'active') throw new Error('active');
  const send = async (change: object, topic = manifestTopic, key = authority.signingKey) => {
    const signed = signManifest({ ...second, version: 3, ...change }, key);
    const before = node.refusals.length;
    await centre.publish(topic, signed.bytes, retain);
    await node.until(() => node.refusals.length > before);
    return node.refusals.at(-1)?.reason;
  };
  expect(await send({ ...first })).toBe('replayed');
  expect(await send({ generation: 1 })).toBe('downgraded');
  expect(await send({ version: 2, title: 'another' })).toBe('forked');
  expect(await send({ predecessor: { version: 2, sha256: 'a'.repeat(64) } })).toBe('forked');
  const past = {
    issued: '2026-01-01T00:00:00Z',
    validFrom: '2026-01-01T00:00:00Z',
    validUntil: '2026-02-01T00:00:00Z',
  };
  expect(await send(past)).toBe('expired');
  expect(await send({}, topics.listManifest('NL', 'other'))).toBe('wrong-topic');
  expect(await send({}, topics.listManifest('BE', 'stolen'))).toBe('unknown-authority');
  expect(await send({}, manifestTopic, new TestAuthority().signingKey)).toBe('bad-signature');
  expect(node.matching('12ABC3')[0]?.list.version).toBe(2);
});

it('lets no authority sign the list of another', async () => {
  const broker = new MemoryBroker();
  const [dutch, belgian] = [new TestAuthority(), new TestAuthority({ ...stolen, authority: 'BE' })];
  const node = (await TestNode.open({ link: broker.link(), authorities: [dutch, belgian] })).start();
  const forged = signManifest(await dutch.build(rows), belgian.signingKey);
  await broker.link().publish(manifestTopic, forged.bytes, retain);
  await node.until(() => node.refusals.length === 1);
  expect(node.refusals).toEqual([{ authority: 'NL', list: 'stolen', version: null, reason: 'bad-signature' }]);
});

it('gives a version up whose signed chunks break the format, and keeps the one before', async () => {
  const { authority, node, centre } = await listWorld();
  await authority.build(rows);
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  const next = await authority.build(rows.slice(1));
  // The index names itself where a chunk should be: right hash, right size, no chunk.
  const other = authority.folder.blobsOf(next)[1] ?? '';
  const bytes = authority.folder.blob(other);
  const wrong = { ...next, snapshot: { ...next.snapshot, index: { sha256: other, bytes: bytes.length } } };
  await centre.publish(topics.listBlob('NL', 'stolen', other), bytes, retain);
  await centre.publish(manifestTopic, signManifest(wrong, authority.signingKey).bytes, retain);
  await node.until(() => node.refusals.length === 1);
  expect(node.refusals[0]).toMatchObject({ version: 2, reason: 'bad-content' });
  expect(node.matching('12ABC3')[0]?.list.version).toBe(1);
  expect(node.store.list('NL', 'stolen')?.pending).toBeNull();
});

it('goes on after a restart where it stopped and asks for nothing twice', async () => {
  const broker = new MemoryBroker();
  const authority = new TestAuthority();
  const many = Array.from(
    { length: 6000 },
    (_, index) => `${1 + (index % 9)}-ABC-${String(100 + Math.floor(index / 9))},B,r${index}`,
  );
  const manifest = await authority.build(many);
  const probe = await TestNode.open({ link: broker.link(), authorities: [authority] });
  const { folder, key } = probe;
  probe.database.close();
  await authority.publish(broker.link(), [key.publicKey]);
  const chunkTopics = [...broker.retained.keys()].filter((topic) => topic.includes('/blobs/'));
  expect(chunkTopics.length).toBeGreaterThan(4);
  const withheld = topics.listBlob('NL', 'stolen', authority.folder.blobsOf(manifest).at(-1) ?? '');
  const bytes = broker.retained.get(withheld) ?? new Uint8Array();
  broker.retained.delete(withheld);

  const asked: string[] = [];
  const link = broker.link();
  const subscribe = link.subscribe.bind(link);
  link.subscribe = (filter, onMessage) => {
    if (filter.includes('/blobs/')) asked.push(filter);
    return subscribe(filter, onMessage);
  };
  const first = (await TestNode.open({ folder, link, authorities: [authority] })).start();
  while (first.database.prepare('SELECT count(*) AS n FROM chunk').pluck().get() !== chunkTopics.length - 2) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(first.blackLists.lists(startMs)[0]).toMatchObject({ validity: 'waiting', version: null, acceptedVersion: 1 });
  await first.stop();
  expect(new Set(asked).size).toBe(asked.length);

  asked.length = 0;
  broker.retained.set(withheld, bytes);
  const second = (await TestNode.open({ folder, link, authorities: [authority] })).start();
  await second.until(() => second.applied.length === 1);
  expect(asked).toEqual([withheld]);
  expect(second.matching('1ABC100', 'B')).toHaveLength(1);
  await second.stop();

  const third = await TestNode.open({ folder, link, authorities: [authority] });
  expect(third.matching('1ABC100', 'B')).toHaveLength(1);
  third.database.close();
});

it('deletes a revoked list at once and lets no earlier version come back', async () => {
  const { authority, node, centre, broker } = await listWorld();
  await authority.build(rows);
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  const old = authority.folder.published()?.bytes ?? Buffer.alloc(0);
  revokeList(authority.folder, 'ended', startMs + 1);
  await authority.publish(centre, [], startMs + 1);
  await node.until(() => node.withdrawn.length === 1);
  expect(node.withdrawn[0]).toMatchObject({ list: 'stolen', version: 2, state: 'revoked' });
  await centre.publish(manifestTopic, old, retain);
  await node.until(() => node.refusals.length === 1);
  expect(node.refusals[0]?.reason).toBe('replayed');
  expect(node.matching('12ABC3')).toEqual([]);
  expect(node.blackLists.lists(startMs)[0]).toMatchObject({ validity: 'revoked', entries: 0 });
  expect(node.store.wrappedKeys()).toEqual([]);
  for (const table of ['layer', 'layer_chunk', 'chunk', 'bucket', 'wrapped_key']) {
    await expect.poll(() => node.database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()).toBe(0);
  }
  expect([...broker.retained.keys()]).toEqual([manifestTopic]);

  await expect(authority.build(rows)).rejects.toMatchObject({ code: 'list/revoked' });
  await authority.build(rows, { revive: true });
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 2);
  expect(node.matching('12ABC3')[0]?.list).toMatchObject({ generation: 2, version: 3 });
});

it('switches to a new generation only with its key, and the old one matches until then', async () => {
  const { authority, node, centre } = await listWorld();
  await authority.build(rows);
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  const next = await authority.build(rows.slice(1), { rotateKey: true });
  await authority.publish(centre, []);
  const wrongKey = await wrapListKey(Buffer.alloc(32, 7), next, node.key.publicKey);
  await centre.publish(topics.listKey(place.id, 'NL', 'stolen', 2), Buffer.from(wrongKey), retain);
  await node.until(() => node.refusals.length === 1);
  expect(node.refusals[0]?.reason).toBe('wrong-key');
  expect(node.matching('12ABC3')[0]?.list.generation).toBe(1);
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 2);
  expect(node.matching('12ABC3')).toEqual([]);
  expect(node.matching('AB123CD', 'F')[0]?.list.generation).toBe(2);
});

it('cannot be robbed of a list by a false key at the broker', async () => {
  const { authority, node, centre } = await listWorld();
  const manifest = await authority.build(rows);
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  const topic = topics.listKey(place.id, 'NL', 'stolen', 1);
  await centre.publish(topic, Buffer.from(await wrapListKey(Buffer.alloc(32), manifest, node.key.publicKey)), retain);
  await centre.publish(topic, Buffer.from('not a key'), retain);
  await centre.publish(topic, Buffer.alloc(10_000), retain);
  await node.until(() => node.refusals.length === 3);
  expect(node.matching('12ABC3')).toHaveLength(1);
  expect(node.store.wrappedKeys()).toHaveLength(1);
});

it('gives no key of a list with an area to a node outside it, and holds nothing of that list there', async () => {
  const { authority, node, centre, broker } = await listWorld({ ...stolen, area: { sites: ['elsewhere'] } });
  await authority.build(rows);
  const report = await authority.publish(centre, [node.key.publicKey]);
  expect(report.keysSent).toBe(0);
  expect([...broker.retained.keys()].some((topic) => topic.includes('/keys/'))).toBe(false);
  while (node.store.list('NL', 'stolen') === null) await new Promise((resolve) => setImmediate(resolve));
  expect(node.blackLists.lists(startMs)[0]).toMatchObject({ validity: 'outside-area', entries: 0 });
});

it('stops matching a list past its validity, and takes a clock that is behind for the time of the last signature', async () => {
  const { authority, node, centre } = await listWorld();
  await authority.build(rows);
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  const week = 7 * 86_400_000;
  expect(node.matching('12ABC3', 'NL', startMs + week - 1)).toHaveLength(1);
  expect(node.matching('12ABC3', 'NL', startMs + week)).toEqual([]);
  expect(node.blackLists.abstentions.get('list-expired')).toBe(1);
  expect(node.blackLists.lists(startMs + week)[0]?.validity).toBe('expired');
  // No time server is known to have kept the clock, so nothing says that it is later; see wrong-clock.test.ts.
  expect(node.matching('12ABC3', 'NL', 0)).toHaveLength(1);
});

it('refuses a list that the law of the node does not allow', async () => {
  const broker = new MemoryBroker();
  const authority = new TestAuthority();
  const node = (await TestNode.open({ link: broker.link(), authorities: [authority], allows: () => false })).start();
  await authority.build(rows);
  await authority.publish(broker.link(), [node.key.publicKey]);
  await node.until(() => node.refusals.length === 1);
  expect(node.refusals[0]).toEqual({ authority: 'NL', list: 'stolen', version: 1, reason: 'not-allowed' });
  expect(node.store.lists()).toEqual([]);
});

it('drops the lists of an authority that is trusted no more', async () => {
  const { authority, node, centre, broker } = await listWorld();
  await authority.build(rows);
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  await node.stop();
  const { folder } = node;
  const next = (await TestNode.open({ folder, link: broker.link(), authorities: [] })).start();
  expect(next.blackLists.lists(startMs)).toEqual([]);
  await expect.poll(() => next.database.prepare('SELECT count(*) FROM bucket').pluck().get()).toBe(0);
});

it('never overwrites a key of a node', async () => {
  const { node } = await listWorld();
  await expect(makeNodeKey(join(node.folder, 'node.key'), place)).rejects.toMatchObject({ code: 'node-key/exists' });
});
