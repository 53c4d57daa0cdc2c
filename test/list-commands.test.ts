import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { addEnrollCommand } from '../firmware-host/commands/enroll.ts';
import { type EmbeddedBroker, startEmbeddedBroker } from '../sync/broker/embedded-broker.ts';
import { topics } from '../sync/broker/topics.ts';
import { withBroker } from '../sync/broker/with-broker.ts';
import { addFleetCommand } from '../sync/central/commands/fleet.ts';
import { addKeygenCommand } from '../sync/central/commands/keygen.ts';
import { addListCommand } from '../sync/central/commands/list.ts';
import { stolenVehicles } from '../sync/central/lists/stolen-vehicles.test-data.ts';
import { place, TestNode, testFolder } from '../sync/lists/list-world.fixture.ts';
import { TrustStore } from '../sync/lists/trust.ts';

let broker: EmbeddedBroker;
beforeAll(async () => {
  broker = await startEmbeddedBroker();
});
afterAll(() => broker.close());

/** Runs a command as the programs do, and tells what it wrote and its exit code. */
async function command(...words: string[]): Promise<{ out: string; err: string; code: number }> {
  const written = { out: '', err: '' };
  const into = (name: 'out' | 'err') => (text: string | Uint8Array) => {
    written[name] += String(text);
    return true;
  };
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(into('out'));
  const err = vi.spyOn(process.stderr, 'write').mockImplementation(into('err'));
  const program = new Command().exitOverride();
  for (const add of [addKeygenCommand, addListCommand, addFleetCommand, addEnrollCommand]) add(program);
  try {
    await program.parseAsync(words, { from: 'user' });
    return { ...written, code: Number(process.exitCode ?? 0) };
  } finally {
    process.exitCode = 0;
    out.mockRestore();
    err.mockRestore();
  }
}

/** A centre with keys, a list description, its rows, and one enrolled node. */
async function centre(rows: string) {
  const folder = testFolder();
  const at = (name: string): string => join(folder, name);
  await command('keygen', '--authority', 'NL', '--out', at('keys'));
  mkdirSync(at('node-keys'));
  mkdirSync(at('node'));
  const enroll = ['enroll', '--key', at('node/node.key'), '--node', place.id, '--site', place.site];
  const enrolled = await command(...enroll, '--country', place.country);
  writeFileSync(at('node-keys/a.json'), enrolled.out);
  writeFileSync(at('list.yaml'), stolenVehicles);
  writeFileSync(at('list.csv'), rows);
  const build = (...more: string[]) =>
    command('list', 'build', '--description', at('list.yaml'), '--csv', at('list.csv'), '--out', at('list'), ...more);
  const signed = ['--signing-key', at('keys/NL.signing-key.pem'), '--broker', broker.url];
  const publish = () => command('list', 'publish', at('list'), '--node-keys', at('node-keys'), ...signed, '--json');
  return { at, enrolled, build, publish, signed };
}

/** A second node of the fleet, beside the first. */
async function enrollAnother(at: (name: string) => string, node: string): Promise<string> {
  const key = await command('enroll', '--key', at(`${node}.key`), '--node', node, '--site', 'Meer', '--country', 'BE');
  writeFileSync(at(`${node}.json`), key.out);
  expect((await command('fleet', 'add', at(`${node}.json`), '--node-keys', at('node-keys'))).out).toContain(node);
  return at(`${node}.json`);
}

it('takes a list from an empty folder through a real broker to a match, and back out again', async () => {
  const { at, build, publish, signed } = await centre('plate,country,reference\n12-ABC-3,NL,r1\n1-ABC-234,B,r2\n');
  expect((await build()).out).toContain('built NL/stolen version 1 (generation 1)');
  expect(JSON.parse((await publish()).out)).toMatchObject({ blobsSent: 2, keysSent: 1, erased: 0 });
  const trusted = [{ authority: 'NL', publicKeyFile: at('keys/NL.public-key.pem') }];
  await withBroker({ url: broker.url }, async (link) => {
    const trust = TrustStore.fromFiles(trusted);
    const node = (await TestNode.open({ folder: at('node'), link, authorities: [], trust, now: Date.now })).start();
    await node.until(() => node.applied.length === 1);
    expect(node.matching('12ABC3', 'NL', Date.now())[0]?.entry.reference).toBe('r1');

    writeFileSync(at('list.csv'), 'plate,country,reference\n1-ABC-234,B,r2\n');
    await build();
    expect(JSON.parse((await publish()).out)).toMatchObject({ blobsSent: 2, erased: 2 });
    await node.until(() => node.applied.length === 2);
    expect(node.matching('12ABC3', 'NL', Date.now())).toEqual([]);

    const revoked = await command('list', 'revoke', at('list'), '--reason', 'ended', ...signed);
    expect(revoked.out).toContain('revoked NL/stolen version 3');
    while (node.blackLists.lists(Date.now())[0]?.validity !== 'revoked') {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(node.matching('1ABC234', 'B', Date.now())).toEqual([]);
    expect(node.refusals).toEqual([]);
    await node.stop();
  });
});

it('builds nothing from a file with bad rows, and names each by line and column', async () => {
  const { at, build } = await centre('plate,country,reference\n12-ABC-3,NL,r1\n12*ABC,NL,r2\n12-ABC-4,nl,r3\n');
  const outcome = await build();
  expect(outcome.code).toBe(1);
  expect(outcome.err).toContain(`${at('list.csv')}:3:1 plate`);
  expect(outcome.err).toContain(`${at('list.csv')}:4:10 country`);
  expect(outcome.err).toContain('errors: 2, rows without one: 1');
  await expect(command('list', 'show', at('list'))).rejects.toMatchObject({ code: 'list-folder/empty' });
});

it('writes nothing in a dry run, and says what is wrong with a description', async () => {
  const { at, build } = await centre('plate,reference\n12-ABC-3,r1\n');
  expect((await build('--dry-run')).out).toContain('would build NL/stolen version 1');
  await expect(command('list', 'show', at('list'))).rejects.toMatchObject({ code: 'list-folder/empty' });
  writeFileSync(at('list.yaml'), stolenVehicles.replace('action: stop', 'action: shoot'));
  await expect(build()).rejects.toMatchObject({
    code: 'list/bad-description',
    message: expect.stringContaining('action'),
  });
});

it('shows a list, compares two versions of it, and rotates its key', async () => {
  const { at, build } = await centre('plate,reference\n12-ABC-3,r1\n12-ABC-4,r2\n');
  await build();
  const shown = await command('list', 'show', at('list'));
  expect(shown.out).toContain('2 sealed');
  expect(shown.out).not.toContain('12ABC3');
  const old = at('old');
  cpSync(at('list'), old, { recursive: true });
  writeFileSync(at('list.csv'), 'plate,reference\n12-ABC-4,changed\n12-ABC-5,r3\n');
  await build();
  const diff = await command('list', 'diff', old, at('list'), '--json');
  expect(JSON.parse(diff.out)).toEqual({ added: 1, removed: 1, changed: 1, unchanged: 0 });
  await build('--rotate-key');
  expect(JSON.parse((await command('list', 'show', at('list'), '--json')).out)).toMatchObject({
    generation: 2,
    version: 3,
  });
  const rotated = await command('list', 'diff', old, at('list'), '--json');
  expect(JSON.parse(rotated.out)).toEqual({ added: 1, removed: 1, changed: 1, unchanged: 0 });
});

it('keeps secrets to their owner and overwrites none', async () => {
  const { at, build, enrolled } = await centre('plate,reference\n12-ABC-3,r1\n');
  await build();
  for (const secret of ['keys/NL.signing-key.pem', 'node/node.key', 'list/list.key']) {
    expect(statSync(at(secret)).mode & 0o077).toBe(0);
  }
  expect(enrolled.out).not.toContain('"d"');
  expect(readFileSync(at('node/node.key'), 'utf8')).toContain('"d"');
  await expect(command('keygen', '--authority', 'NL', '--out', at('keys'))).rejects.toMatchObject({
    code: 'signing-key/exists',
  });
  const again = command('enroll', '--key', at('node/node.key'), '--node', 'x');
  await expect(again).rejects.toMatchObject({ code: 'node-key/exists' });
});

it('refuses to publish with a secret key among the public ones, or with a key that signs nothing', async () => {
  const { at, build, publish, signed } = await centre('plate,reference\n12-ABC-3,r1\n');
  await build();
  writeFileSync(at('node-keys/b.json'), readFileSync(at('node/node.key')));
  await expect(publish()).rejects.toMatchObject({ code: 'node-keys/secret' });
  const [, , ...broken] = signed;
  const wrongKey = ['--signing-key', at('keys/NL.public-key.pem'), ...broken];
  await expect(command('list', 'revoke', at('list'), '--reason', 'x', ...wrongKey)).rejects.toMatchObject({
    code: 'signing-key/unreadable',
  });
});

it('rotates the list key with the next build after a node was struck off, and keeps that node out', async () => {
  const { at, build, publish } = await centre('plate,reference\n12-ABC-3,r1\n');
  const lost = await enrollAnother(at, 'lost');
  await build();
  expect(JSON.parse((await publish()).out)).toMatchObject({ keysSent: 2, keyHeldBy: [] });
  const remove = ['fleet', 'remove', 'lost', '--node-keys', at('node-keys'), '--broker', broker.url];
  expect((await command(...remove)).out).toContain('1 messages for it and of it erased');
  const stale = await publish();
  expect(stale.err).toContain('lost still holds the key of this version');
  expect(JSON.parse(stale.out)).toMatchObject({ keysSent: 1, keyHeldBy: ['lost'] });
  writeFileSync(at('list.csv'), 'plate,reference\n12-ABC-3,r1\n12-ABC-4,r2\n');
  const rebuilt = await build();
  expect(rebuilt.out).toContain('version 2 (generation 2)');
  expect(rebuilt.out).toContain('1 plates added, 0 removed, 0 changed, 1 as before (in version 1)');
  expect((await command('list', 'diff', at('list'), '--entries')).out).toMatch(
    /^\+ 12ABC4 .*r2\n1 plates added, 0 removed/,
  );
  expect(rebuilt.out).toContain('new list key: lost held the key and may not have it any more');
  const fresh = await publish();
  expect(fresh.err).not.toContain('still holds');
  expect(JSON.parse(fresh.out)).toMatchObject({ keysSent: 1, keyHeldBy: [] });
  expect((await build()).out).toContain('version 3 (generation 2)');
  const again = command('fleet', 'add', lost, '--node-keys', at('node-keys'));
  await expect(again).rejects.toMatchObject({ code: 'node-keys/struck-off' });
  cpSync(lost, at('node-keys/again.json'));
  await expect(publish()).rejects.toMatchObject({ code: 'node-keys/struck-off' });
  await command(...remove);
  // What could not be erased at the broker can be tried again.
  expect((await command(...remove)).out).toMatch(/was struck off before\n0 messages/);
  const [fleet, verb, , ...rest] = remove;
  await expect(command(fleet!, verb!, 'nobody', ...rest)).rejects.toMatchObject({ code: 'node-keys/unknown' });
  expect(JSON.parse((await publish()).out)).toMatchObject({ keysSent: 1 });
});

it('takes no second key of a node before the first is struck off', async () => {
  const { at } = await centre('plate,reference\n12-ABC-3,r1\n');
  await enrollAnother(at, 'meer');
  const other = await command(
    'enroll',
    '--key',
    at('other.key'),
    '--node',
    'meer',
    '--site',
    'Meer',
    '--country',
    'BE',
  );
  writeFileSync(at('other.json'), other.out);
  const add = () => command('fleet', 'add', at('other.json'), '--node-keys', at('node-keys'));
  await expect(add()).rejects.toMatchObject({ code: 'node-keys/twice' });
  await command('fleet', 'remove', 'meer', '--node-keys', at('node-keys'));
  expect((await add()).out).toContain('meer is of the fleet now');
  const secret = command('fleet', 'add', at('other.key'), '--node-keys', at('node-keys'));
  await expect(secret).rejects.toMatchObject({ code: 'node-keys/secret' });
});

it('rotates a list with one command, from its folder alone', async () => {
  const { at, build, publish, signed } = await centre('plate,country,reference\n12-ABC-3,NL,r1\n1-AB?-234,B,r2\n');
  await build();
  await publish();
  const rotated = await command('list', 'rotate', at('list'), '--node-keys', at('node-keys'), ...signed, '--json');
  expect(rotated.err).toContain('generation 2');
  expect(JSON.parse(rotated.out)).toMatchObject({ manifest: { generation: 2, version: 2, entries: 35 }, keysSent: 1 });
});

it('builds a revoked list anew only when told to', async () => {
  const { at, build, publish, signed } = await centre('plate,reference\n12-ABC-3,r1\n');
  await build();
  await publish();
  for (const reason of ['', 'x'.repeat(201), 'two\nlines'])
    await expect(command('list', 'revoke', at('list'), '--reason', reason, ...signed)).rejects.toThrow();
  await command('list', 'revoke', at('list'), '--reason', 'the weekend is over', ...signed);
  await expect(build()).rejects.toMatchObject({
    code: 'list/revoked',
    message: expect.stringMatching(/the weekend is over.*--revive/),
  });
  expect((await build('--revive')).out).toContain('version 3 (generation 2)');
});

it('warns before a list goes where the law refuses it', async () => {
  const { at, build, publish } = await centre('plate,reference,action\n12-ABC-3,r1,observe\n');
  const words = 'nodes in NL will refuse this list: purpose not allowed in NL: recovery';
  expect((await build()).err).toContain(words);
  expect(JSON.parse((await build('--json')).out).warnings).toContain(words);
  const published = await publish();
  expect(published.err).toContain(words);
  expect(published.err).not.toContain('nodes in BE');
  writeFileSync(at('list.yaml'), stolenVehicles.replace('purpose: recovery', 'purpose: stolen-vehicle'));
  expect((await build()).err).toBe('');
});

it('names what differs from the published version, previews it, and says what safety costs', async () => {
  const { at, build, publish } = await centre('plate,country,reference\n12-ABC-3,NL,r1\n1-ABC-234,B,r2\n');
  expect((await build()).out).toMatch(/details encrypted \(AES-256-GCM\) +[\d.]+ ms +\d+ bytes more/);
  await publish();
  writeFileSync(at('list.csv'), 'plate,country,reference\n12-ABC-3,NL,r9\n9-XYZ-99,B,r3\n');
  await build();
  const diff = await command('list', 'diff', at('list'), '--entries');
  for (const line of [/^- 12ABC3 .*r1$/m, /^\+ 12ABC3 .*r9$/m, /^\+ 9XYZ99 .*r3$/m, /^- 1ABC234 .*r2$/m])
    expect(diff.out).toMatch(line);
  expect(diff.out).toContain('1 plates added, 1 removed, 1 changed, 0 as before');
  const json = (await command('list', 'diff', at('list'), '--entries', '--json')).out.trim().split('\n');
  expect(json.map((line) => JSON.parse(line).change ?? 'counts')).toHaveLength(4);
  const shown = await command(
    'list',
    'show',
    at('list'),
    '--preview',
    '--passages-a-day',
    '1000',
    '--entry',
    '12-abc-3',
  );
  for (const words of ['1,000 vehicles', 'false hits, confirmed', '12ABC3 (NL)']) expect(shown.out).toContain(words);
});

it('names an entry with unknown characters once, however many plates it stands for, and none that stays', async () => {
  const { at, build, publish } = await centre('plate,country,reference\n12-AB?-3,NL,r1\n12-ABC-3,NL,r2\n');
  await build();
  await publish();
  writeFileSync(at('list.csv'), 'plate,country,reference\n12-AB?-3,NL,r1\n12-ABC-3,NL,r9\n9-XY?-99,B,r3\n');
  await build();
  const { out } = await command('list', 'diff', at('list'), '--entries');
  const named = out.split('\n').filter((line) => /^[+-] /.test(line));
  expect(named.map((line) => line.split(/ +/).slice(0, 2).join(' ')).sort()).toEqual([
    '+ 12ABC3',
    '+ 9XY?99',
    '- 12ABC3',
  ]);
});

it('refuses an area in a country that no node says it stands in', async () => {
  const { at, build } = await centre('plate,reference,area\n12-ABC-3,r1,country:BE\n12-ABC-4,r2,country:B\n');
  expect((await build()).err).toMatch(/list\.csv:3:13 area: a country of nodes is written NL, BE, FR or LU/);
  writeFileSync(at('list.yaml'), `${stolenVehicles}area: { countries: [B] }\n`);
  await expect(build()).rejects.toThrow(/NL, BE, FR, LU/);
});

it('shows the fleet: who holds what, who refuses what, and who has never spoken', async () => {
  const { at, build, publish } = await centre('plate,reference\n12-ABC-3,r1\n');
  await enrollAnother(at, 'silent');
  await build();
  await publish();
  const retained = { qos: 1, retain: true, deadlineMs: 5_000 } as const;
  await withBroker({ url: broker.url }, async (link) => {
    const time = new Date().toISOString();
    const presence = { node: place.id, site: 'Hazeldonk', state: 'online', software: '0.1.0', startedAt: time };
    const refused = { code: 'not-allowed', count: 2 };
    const health = {
      ...{ node: place.id, time, upSeconds: 1, software: '0.1.0', inhibited: null, models: {}, cameras: [] },
      lists: [{ list: 'NL/stolen', version: null, state: 'refused', refused }],
      ...{ funnel: {}, abstained: {}, outbox: { hits: 0, pictures: 0, dropped: 0, oldestSeconds: null } },
      ...{ clock: { synchronised: true, errorMs: null }, temperatureC: null, diskFreeMb: null },
    };
    await link.publish(topics.presence(place.id), Buffer.from(JSON.stringify(presence)), retained);
    await link.publish(topics.health(place.id), Buffer.from(JSON.stringify(health)), retained);
  });
  const fleet = ['fleet', '--broker', broker.url, '--node-keys', at('node-keys')];
  const table = (await command(...fleet)).out;
  for (const words of [place.id, 'online', 'refused: not-allowed (2)', 'silent', 'never seen', 'not held'])
    expect(table).toContain(words);
  const lines = (await command(...fleet, '--json')).out.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).node)).toEqual([place.id, 'silent']);
  const since = async (...more: string[]) => {
    const { out } = await command(...fleet, ...more, '--json');
    return JSON.parse(out.split('\n')[1] ?? '').lists[0].lateSince;
  };
  expect([await since(), await since('--lists', at('list'))]).toEqual(['issued', 'published']);
});

it('says that no manifest could be read, and not that all is up to date', async () => {
  const { at } = await centre('plate,reference\n12-ABC-3,r1\n');
  const empty = await startEmbeddedBroker();
  const fleet = ['fleet', '--broker', empty.url, '--node-keys', at('node-keys')];
  const shown = await command(...fleet);
  const json = await command(...fleet, '--json');
  await empty.close();
  expect(shown.out).toMatch(/1 never seen, no manifest could be read/);
  for (const { err } of [shown, json]) expect(err).toContain('gave no manifest of any list');
});
