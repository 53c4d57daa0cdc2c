import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { MemoryBroker } from '../../broker/memory-link.ts';
import { topics } from '../../broker/topics.ts';
import { encodeChunk } from '../chunk.ts';
import { encodeIndex } from '../chunk-index.ts';
import { listWorld, place, startMs, stolen, TestAuthority, TestNode } from '../list-world.fixture.ts';
import { type ActiveManifest, signManifest } from '../manifest.ts';
import { ListSeal } from '../sealing/seal.ts';
import { borderTraffic } from '../traffic/plate-population.ts';
import type { Reading } from './match.ts';
import { BlackLists } from './matcher.ts';

async function nodeWith(rows: readonly string[], change: Partial<typeof stolen> = {}) {
  const world = await listWorld({ ...stolen, ...change });
  await world.authority.build(rows);
  await world.authority.publish(world.centre, [world.node.key.publicKey]);
  await world.node.until(() => world.node.applied.length === 1);
  return world;
}

const reading = (spellings: Record<string, number>, countries: Record<string, number> = { NL: 0.999 }): Reading => ({
  spellings: Object.entries(spellings).map(([text, probability]) => ({ text, probability })),
  countries: Object.entries(countries).map(([country, probability]) => ({ country, probability })),
});

it('matches O as 0 and I as 1 both ways and names both texts', async () => {
  const { node } = await nodeWith(['OI-ABC-1,NL,letters', '40-ABC-1,NL,digits']);
  const [letters] = node.blackLists.match(reading({ '01ABCI': 0.98, '0IABC1': 0.01, '41ABC1': 0.01 }), startMs);
  expect(letters).toMatchObject({
    listed: { text: 'OIABC1' },
    read: { text: '01ABCI', probability: 0.98 },
    runnerUp: { text: '41ABC1', probability: 0.01 },
    entry: { reference: 'letters' },
  });
  expect(node.blackLists.match(reading({ '4OABCI': 1 }), startMs)[0]?.entry.reference).toBe('digits');
});

it('tells two listed plates apart that share a look-up key', async () => {
  const { node } = await nodeWith(['10-ABC-4,NL,zero', '1O-ABC-4,NL,letter', '10-ABC-4,B,belgian']);
  const found = (spelling: string, country: string) =>
    node.blackLists
      .match(reading({ [spelling]: 0.999 }, { [country]: 0.9995 }), startMs)
      .filter((match) => match.grade === 'confirmed')
      .map((match) => match.entry.reference);
  expect(found('10ABC4', 'NL')).toEqual(['zero']);
  expect(found('1OABC4', 'NL')).toEqual(['letter']);
  expect(found('10ABC4', 'B')).toEqual(['belgian']);
});

it('reports every reference under which one plate is listed, with what the entry itself asks', async () => {
  const world = await listWorld();
  const { node, authority, centre } = world;
  const columns = 'plate,country,reference,action,priority,recipients,respond_within_minutes';
  const rows = ['12ABC3,NL,a,,,,', '12ABC3,NL,b,discreet-check,1,nl-team be-team,5', '12ABC3,,c,,,,'];
  await authority.build(rows, { columns });
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  const matches = node.matching('12ABC3');
  expect(matches.map((match) => match.entry.reference).sort()).toEqual(['a', 'b', 'c']);
  expect(matches.find((match) => match.entry.reference === 'b')?.entry).toEqual({
    reference: 'b',
    action: 'discreet-check',
    priority: 1,
    recipients: ['nl-team', 'be-team'],
    deadlineMs: startMs + 300_000,
  });
});

it('finds a listed plate behind a wildcard and shows it as listed', async () => {
  const { node } = await nodeWith(['12-AB?-3,NL,one', '1?-ZZZ-?,NL,two']);
  expect(node.matching('12ABC3')[0]?.listed.text).toBe('12AB?3');
  expect(node.matching('19ZZZ8')[0]?.entry.reference).toBe('two');
  expect(node.matching('19ZZY8')).toEqual([]);
});

it('reports two entries of one plate that differ in nothing but what they ask for', async () => {
  const { node, authority, centre } = await listWorld();
  await authority.build(['12ABC3,NL,ref,nl-team', '12ABC3,NL,ref,be-team'], {
    columns: 'plate,country,reference,recipients',
  });
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  expect(node.matching('12ABC3').flatMap(({ entry }) => entry.recipients)).toEqual(
    expect.arrayContaining(['nl-team', 'be-team']),
  );
});

it('takes two plates for two, also where one of them is listed with an unknown character', async () => {
  const { node } = await nodeWith(['12-ABC-3,NL,one', '98-Z?Z-1,NL,two']);
  const matches = node.blackLists.match(reading({ '12ABC3': 0.5, '98ZXZ1': 0.5 }), startMs);
  expect(matches.map(({ entry }) => entry.reference).sort()).toEqual(['one', 'two']);
  expect(matches.reduce((sum, { probability }) => sum + probability, 0)).toBeLessThanOrEqual(1);
});

it('is as sure of an entry with an unknown character as of all spellings together that meet it, and reports it once', async () => {
  const { node } = await nodeWith(['98-Z?Z-1,NL,ref']);
  const [match, ...others] = node.blackLists.match(reading({ '98ZXZ1': 0.499, '98ZKZ1': 0.5 }), startMs);
  expect(others).toEqual([]);
  expect(match).toMatchObject({ read: { text: '98ZKZ1' }, grade: 'confirmed' });
  expect(match?.probability).toBeGreaterThan(0.9);
});

it('reports no entry that asks for what the law does not let a node report, and all others of its list', async () => {
  const { node, authority, centre } = await listWorld();
  const columns = 'plate,country,reference,action,purpose';
  await authority.build(['12ABC3,NL,a,,', '12ABC4,NL,b,observe,', '12ABC5,NL,c,,another'], { columns });
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  const lists = new BlackLists({
    store: node.store,
    keys: node.keys,
    node: place,
    allows: ({ action, purpose }) => action === 'stop' && purpose === stolen.purpose,
  });
  const found = ['12ABC3', '12ABC4', '12ABC5'].map((text) => lists.match(reading({ [text]: 1 }), startMs).length);
  expect(found).toEqual([1, 0, 0]);
  expect(lists.abstentions.get('not-allowed')).toBe(2);
});

it('confirms a sure reading, asks a person at a doubtful one and abstains below', async () => {
  const { node } = await nodeWith(['12-TBB-3,NL,ref']);
  const gradeAt = (probability: number) =>
    node.blackLists.match(reading({ '12TBB3': probability, '12TBB8': 1 - probability }), startMs)[0]?.grade ?? null;
  const grades = [0.999, 0.5, 0.01, 1e-3, 1e-4, 3e-5, 1e-5, 3e-6, 1e-6, 1e-8].map(gradeAt);
  expect(grades[0]).toBe('confirmed');
  expect(grades.at(-1)).toBeNull();
  const order = ['confirmed', 'verify', null];
  expect(grades.map((grade) => order.indexOf(grade))).toEqual(grades.map((grade) => order.indexOf(grade)).sort());
  expect(new Set(grades)).toEqual(new Set(order));
  expect(node.blackLists.abstentions.get('improbable')).toBeGreaterThan(0);
});

it('wants a surer reading the longer the list is', async () => {
  const filler = Array.from({ length: 1500 }, (_, n) => `${10 + (n % 90)}-XYZ-${Math.floor(n / 90) % 10},NL,f${n}`);
  const short = await nodeWith(['12-ABC-3,NL,ref']);
  const long = await nodeWith(['12-ABC-3,NL,ref', ...filler]);
  const doubtful = reading({ '12ABC3': 0.9, '12ABC8': 0.1 });
  const [one] = short.node.blackLists.match(doubtful, startMs);
  const [other] = long.node.blackLists.match(doubtful, startMs);
  expect(one?.probability).toBeGreaterThan(other?.probability ?? 0);
  expect(other?.probability).toBeGreaterThan(0);
});

it('takes the same text of another country for another vehicle', async () => {
  const { node } = await nodeWith(['AB-1234,L,ref']);
  const doubt = (country: string) => {
    const match = node.blackLists.match(reading({ AB1234: 0.9999 }, { [country]: 0.998 }), startMs)[0];
    return 1 - (match?.probability ?? 0);
  };
  expect(doubt('L')).toBeLessThan(1e-4);
  expect(doubt('D')).toBeGreaterThan(100 * doubt('L'));
});

it('keeps to the window and the area of an entry', async () => {
  const { node, authority, centre } = await listWorld();
  const columns = 'plate,reference,valid_from,valid_until,area';
  const rows = ['12ABC3,later,2026-03-02,2026-03-03,', '12ABC4,here,,,node:e19-a', '12ABC5,there,,,country:BE'];
  await authority.build(rows, { columns });
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  expect(node.matching('12ABC3')).toEqual([]);
  expect(node.matching('12ABC3', 'NL', Date.parse('2026-03-02T00:00:00Z'))).toHaveLength(1);
  expect(node.matching('12ABC3', 'NL', Date.parse('2026-03-03T00:00:00Z'))).toEqual([]);
  expect(node.matching('12ABC4')).toHaveLength(1);
  expect(node.matching('12ABC5')).toEqual([]);
  expect(Object.fromEntries(node.blackLists.abstentions)).toEqual({ 'entry-not-valid': 2, 'outside-area': 1 });
});

it('lets the newest delta speak for a plate, also when it removes it', async () => {
  const { node, authority, centre } = await nodeWith(['12-ABC-3,NL,old', '12-ABC-4,NL,stays']);
  const first = authority.folder.builtManifest() as ActiveManifest;
  const seal = new ListSeal(authority.folder.listKey(), first);
  const publishDelta = async (
    version: number,
    records: Parameters<typeof encodeChunk>[1],
    deltas: ActiveManifest['deltas'],
  ) => {
    const sorted = [...records].sort((a, b) => a.lookup.compare(b.lookup));
    const chunk = encodeChunk({ prefixBits: 0, ordinal: 0, removals: true }, sorted);
    const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
    const index = encodeIndex({
      prefixBits: 0,
      chunks: [{ sha256: sha256(chunk), bytes: chunk.length, records: records.length }],
    });
    const layer = {
      version,
      index: { sha256: sha256(index).toString('hex'), bytes: index.length },
      records: records.length,
      bytes: chunk.length,
    };
    const manifest = { ...first, version, deltas: [...deltas, layer] };
    const retain = { qos: 1, retain: true, deadlineMs: 1000 } as const;
    for (const blob of [chunk, index])
      await centre.publish(topics.listBlob('NL', 'stolen', sha256(blob).toString('hex')), blob, retain);
    await centre.publish(
      topics.listManifest('NL', 'stolen'),
      signManifest(manifest, authority.signingKey).bytes,
      retain,
    );
    return manifest.deltas;
  };
  const none = Buffer.alloc(0);
  const added = seal.seal('12ABC5', { text: '12ABC5', country: 'NL', reference: 'new' });
  const deltas = await publishDelta(2, [{ lookup: seal.lookupKey('12ABC3'), sealed: none }, added], []);
  await node.until(() => node.applied.length === 2);
  const references = () =>
    ['12ABC3', '12ABC4', '12ABC5'].map((text) => node.matching(text)[0]?.entry.reference ?? null);
  expect(references()).toEqual([null, 'stays', 'new']);
  const back = seal.seal('12ABC3', { text: '12ABC3', country: 'NL', reference: 'back' });
  await publishDelta(3, [back, { lookup: added.lookup, sealed: none }], deltas);
  await node.until(() => node.applied.length === 3);
  expect(references()).toEqual(['back', 'stays', null]);
});

it('matches several lists of several authorities, each under its own key', async () => {
  const broker = new MemoryBroker();
  const dutch = new TestAuthority();
  const belgian = new TestAuthority({ ...stolen, authority: 'BE', list: 'wanted', action: 'observe' });
  const node = (await TestNode.open({ link: broker.link(), authorities: [dutch, belgian] })).start();
  for (const authority of [dutch, belgian]) {
    await authority.build(['12-ABC-3,NL,x']);
    await authority.publish(broker.link(), [node.key.publicKey]);
  }
  await node.until(() => node.applied.length === 2);
  expect(
    node
      .matching('12ABC3')
      .map((match) => `${match.list.authority} ${match.entry.action}`)
      .sort(),
  ).toEqual(['BE observe', 'NL stop']);
});

it('takes hostile and empty readings for what they are', async () => {
  const { node } = await nodeWith(['12-ABC-3,NL,ref']);
  expect(node.blackLists.match({ spellings: [], countries: [] }, startMs)).toEqual([]);
  const long = reading({ ['X'.repeat(500)]: 0.5, '12ABC3': 0.5 }, {});
  expect(node.blackLists.match(long, startMs)).toHaveLength(1);
  const endless = {
    spellings: Array.from({ length: 5000 }, (_, n) => ({ text: `${n}`, probability: 0.0001 })),
    countries: [],
  };
  expect(node.blackLists.match(endless, startMs)).toEqual([]);
});

it('knows which plates are more usual where', () => {
  const traffic = borderTraffic();
  expect(traffic.density('12TBB3', 'NL')).toBeGreaterThan(100 * traffic.density('12TBB3', 'B'));
  expect(traffic.density('1ABC234', 'B')).toBeGreaterThan(100 * traffic.density('1ABC234', 'NL'));
  expect(traffic.density('ANYTHING', 'XX')).toBe(0);
});
