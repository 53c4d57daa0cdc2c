import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { MemoryBroker } from '../../broker/memory-link.ts';
import { topics } from '../../broker/topics.ts';
import { place, startMs, stolen, TestAuthority, testFolder } from '../../lists/list-world.fixture.ts';
import type { Manifest } from '../../lists/manifest.ts';
import { signManifest } from '../../lists/manifest.ts';
import { makeNodeKey } from '../../lists/sealing/node-key.ts';
import { encodeMessage } from '../../uplink/cloud-event.ts';
import type { Health, Presence } from '../../uplink/health.ts';
import { FleetBoard } from './fleet-board.ts';
import { FleetPrinter } from './fleet-printer.ts';
import { fleetTable } from './fleet-table.ts';
import { type PublicationTimes, publicationTimes } from './publication-times.ts';

const iso = (ms: number): string => new Date(ms).toISOString();
const presence: Presence = {
  node: place.id,
  site: 'Hazeldonk',
  state: 'online',
  software: '0.2.0',
  startedAt: iso(startMs),
};
const health: Health = {
  node: place.id,
  time: iso(startMs + 30_000),
  upSeconds: 30,
  software: '0.2.0',
  inhibited: null,
  models: {},
  cameras: [],
  lists: [{ list: 'NL/stolen', version: 1, state: 'valid' }],
  funnel: {},
  abstained: {},
  outbox: { hits: 0, pictures: 0, dropped: 0, oldestSeconds: null },
  clock: { synchronised: true, errorMs: null },
  temperatureC: null,
  diskFreeMb: null,
};
const key = generateKeyPairSync('ed25519').privateKey;
const message = (topic: string, content: object) => ({ topic, payload: encodeMessage(content), retained: true });
const says = {
  presence: (content: object, node = place.id) => message(topics.presence(node), content),
  health: (content: object, node = place.id) => message(topics.health(node), content),
};

/** A board that has seen version 2 of one list published at `startMs`. */
async function board(area: object | null = null, keys = true) {
  const authority = new TestAuthority({ ...stolen, area });
  await authority.build(['12-ABC-3,NL,r1']);
  const manifest: Manifest = await authority.build(['12-ABC-4,NL,r1']);
  const fleet = new FleetBoard(keys ? [await makeNodeKey(`${testFolder()}/key.json`, place)] : null);
  const payload = signManifest(manifest, key).bytes;
  fleet.take({ topic: topics.listManifest('NL', 'stolen'), payload, retained: true });
  return { fleet, manifest };
}

it('says that a node is late with a list until it holds the newest version', async () => {
  const { fleet } = await board();
  fleet.take(says.presence(presence));
  fleet.take(says.health(health));
  const [late] = fleet.nodes(startMs + 90_000);
  expect(late).toMatchObject({ presence: 'online', heardSecondsAgo: 60, stranger: false, software: '0.2.0' });
  expect(late?.lists).toEqual([
    {
      list: 'NL/stolen',
      version: 1,
      published: 2,
      lateSeconds: 90,
      lateSince: 'issued',
      state: 'valid',
      refused: null,
    },
  ]);
  fleet.take(says.health({ ...health, lists: [{ list: 'NL/stolen', version: 2, state: 'valid' }] }));
  expect(fleet.nodes(startMs + 95_000)[0]?.lists[0]).toMatchObject({ version: 2, lateSeconds: null, lateSince: null });
});

it('counts lateness from when a version was published, not from when it was built, where the list’s folder knows', async () => {
  const authority = new TestAuthority();
  await authority.build(['12-ABC-3,NL,r1']);
  const key = await makeNodeKey(`${testFolder()}/key.json`, place);
  const [dayMs, hourMs] = [86_400_000, 3_600_000];
  const publishedMs = startMs + 3 * dayMs;
  expect(publicationTimes([authority.folder.path], 'test').size).toBe(0);
  const link = new MemoryBroker().link();
  for (const nowMs of [publishedMs, publishedMs + hourMs]) await authority.publish(link, [key], nowMs);
  const lateness = (publications: PublicationTimes) => {
    const fleet = new FleetBoard([key], publications);
    const payload = authority.folder.published()!.bytes;
    fleet.take({ topic: topics.listManifest('NL', 'stolen'), payload, retained: true });
    const nodes = fleet.nodes(publishedMs + 2 * hourMs);
    const { lateSeconds, lateSince } = nodes[0]!.lists[0]!;
    return { hours: Math.round(lateSeconds! / 3_600), lateSince, table: fleetTable(nodes, fleet.manifests) };
  };
  const known = lateness(publicationTimes([authority.folder.path], 'test'));
  expect(known).toMatchObject({ hours: 2, lateSince: 'published' });
  expect(known.table).not.toContain('up to');
  const unknown = lateness(publicationTimes([authority.folder.path], 'another broker'));
  expect(unknown).toMatchObject({ hours: 74, lateSince: 'issued' });
  expect(unknown.table).toContain('up to 3 days');
  expect(() => publicationTimes([testFolder()], 'test')).toThrow(
    expect.objectContaining({ code: 'list-folder/empty' }),
  );
});

it('knows when a version was published that it heard coming itself, and still knows it when that is told again', async () => {
  const { fleet, manifest } = await board();
  const next = signManifest({ ...manifest, version: 3 }, key);
  const topic = topics.listManifest('NL', 'stolen');
  fleet.take({ topic, payload: next.bytes, retained: false }, startMs + 600_000);
  fleet.take({ topic, payload: next.bytes, retained: true }, startMs + 610_000);
  fleet.take({ topic, payload: next.bytes, retained: false }, startMs + 620_000);
  const [node] = fleet.nodes(startMs + 660_000);
  expect(node?.lists[0]).toMatchObject({ published: 3, lateSeconds: 60, lateSince: 'published' });
});

it('knows a node of the fleet that has never spoken, and that it lacks the list', async () => {
  const { fleet } = await board();
  expect(fleet.nodes(startMs + 7_200_000)).toMatchObject([
    {
      node: place.id,
      site: place.site,
      presence: 'never seen',
      heardSecondsAgo: null,
      lists: [{ state: 'not held', version: null, lateSeconds: 7_200 }],
    },
  ]);
});

it('expects no list of a node outside its area, nor of one whose place it does not know', async () => {
  const { fleet } = await board({ countries: ['BE'] });
  expect(fleet.nodes(startMs)[0]?.lists).toEqual([]);
  fleet.take(says.health({ ...health, lists: [{ list: 'NL/stolen', version: null, state: 'outside-area' }] }));
  expect(fleet.nodes(startMs)[0]?.lists[0]).toMatchObject({ state: 'outside-area', lateSeconds: null });
  const { fleet: unknown } = await board(null, false);
  unknown.take(says.presence(presence));
  expect(unknown.nodes(startMs)[0]).toMatchObject({ stranger: null, lists: [] });
});

it('shows what a node refuses and why, and who is none of the fleet', async () => {
  const { fleet } = await board();
  const refused = { code: 'not-allowed', count: 3 };
  fleet.take(says.health({ ...health, lists: [{ list: 'NL/stolen', version: 1, state: 'valid', refused }] }));
  fleet.take(says.presence({ ...presence, node: 'stranger', state: 'lost' }, 'stranger'));
  const nodes = fleet.nodes(startMs + 200_000);
  expect(nodes.map((one) => [one.node, one.stranger, one.lists[0]?.refused ?? null])).toEqual([
    [place.id, false, refused],
    ['stranger', true, null],
  ]);
  const table = fleetTable(nodes, fleet.manifests);
  for (const words of ['1 of 2', '3 min', 'refused: not-allowed (3)', 'not of this fleet', '1 lost', '1 late'])
    expect(table).toContain(words);
});

it('warns of a certificate that ends within 30 days, and says nothing of one that has time', async () => {
  const { fleet } = await board();
  const table = (certificateDays: number | null): string => {
    fleet.take(says.health({ ...health, certificateDays }));
    return fleetTable(fleet.nodes(startMs), fleet.manifests);
  };
  for (const quiet of [null, 30, 400]) expect(table(quiet)).not.toContain('certificate');
  expect(table(29)).toMatch(/certificate ends in 29 days\n.*1 in need of a new certificate$/);
  expect(table(-1)).toContain('certificate has ended');
});

it('does not say that all is up to date where it has seen no manifest', async () => {
  const { fleet } = await board();
  fleet.take(says.presence(presence));
  fleet.take(says.health({ ...health, lists: [{ list: 'NL/stolen', version: 2, state: 'valid' }] }));
  const table = (): string => fleetTable(fleet.nodes(startMs), fleet.manifests);
  expect(table()).toMatch(/1 online, all up to date$/);
  fleet.take({ topic: topics.listManifest('NL', 'stolen'), payload: new Uint8Array(), retained: false });
  expect(table()).toMatch(/1 online, no manifest could be read, so who is late is not known$/);
});

it('forgets a list and a node whose retained messages were erased', async () => {
  const { fleet } = await board(null, false);
  fleet.take(says.health(health));
  const empty = new Uint8Array();
  fleet.take({ topic: topics.listManifest('NL', 'stolen'), payload: empty, retained: false });
  expect(fleet.nodes(startMs)[0]?.lists[0]).toMatchObject({ published: null, lateSeconds: null });
  fleet.take({ topic: topics.health(place.id), payload: empty, retained: false });
  expect(fleet.nodes(startMs)).toEqual([]);
});

it('takes nothing that is not of the contract, or that one node says in the name of another', async () => {
  const { fleet, manifest } = await board(null, false);
  const hostile = [
    says.health(health, 'other'),
    says.presence({ ...presence, node: '../x' }, '../x'),
    says.presence({ ...presence, site: '\u202egnp.exe' }),
    says.health({ ...health, lists: Array.from({ length: 65 }, () => health.lists[0]) }),
    { topic: topics.health(place.id), payload: Buffer.alloc(100_000, '['), retained: false },
    { topic: topics.presence(place.id), payload: Buffer.from([0xff, 0xfe]), retained: false },
    { topic: topics.listManifest('BE', 'stolen'), payload: signManifest(manifest, key).bytes, retained: false },
    { topic: topics.listManifest('NL', 'stolen'), payload: Buffer.from('{}'), retained: false },
  ];
  for (const one of hostile) expect(fleet.take(one)).toBe(false);
  expect(fleet.nodes(startMs)).toEqual([]);
});

it('prints a node again only when something but its ages changed, and draws a long table to fit the screen', async () => {
  const { fleet } = await board();
  let nowMs = startMs;
  let text = '';
  const write = (more: string): void => {
    text += more;
  };
  const printer = new FleetPrinter({ board: fleet, write, form: 'json', rows: 24, now: () => nowMs });
  printer.show();
  nowMs += 60_000;
  printer.show();
  expect(text.trim().split('\n')).toHaveLength(1);
  for (const certificateDays of [400, 399]) {
    fleet.take(says.health({ ...health, certificateDays }));
    printer.show();
  }
  expect(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).lists[0].version),
  ).toEqual([null, 1]);
  text = '';
  for (let at = 0; at < 40; at += 1) fleet.take(says.presence({ ...presence, node: `n${at}` }, `n${at}`));
  new FleetPrinter({ board: fleet, write, form: 'table', rows: 10, now: () => nowMs }).show();
  expect(text.split('\n')).toHaveLength(10);
  expect(text).toContain('41 nodes');
});
