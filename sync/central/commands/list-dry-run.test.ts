import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { type EmbeddedBroker, startEmbeddedBroker } from '../../broker/embedded-broker.ts';
import { place, testFolder } from '../../lists/list-world.fixture.ts';
import { makeNodeKey } from '../../lists/sealing/node-key.ts';
import { makeSigningKey } from '../lists/signing-key.ts';
import { stolenVehicles } from '../lists/stolen-vehicles.test-data.ts';
import { addListCommand } from './list.ts';

let broker: EmbeddedBroker;
beforeAll(async () => {
  broker = await startEmbeddedBroker();
});
afterAll(() => broker.close());
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

async function list(...words: readonly string[]): Promise<{ out: string; err: string }> {
  const written = { out: '', err: '' };
  for (const [name, stream] of [
    ['out', process.stdout],
    ['err', process.stderr],
  ] as const)
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    });
  const program = new Command().exitOverride();
  addListCommand(program);
  await program.parseAsync(['list', ...words], { from: 'user' });
  return written;
}

/** A list that was built, a fleet of two nodes, and the means to publish. */
async function centre() {
  const folder = testFolder();
  const at = (name: string): string => join(folder, name);
  const { signingKeyFile } = makeSigningKey('NL', at('keys'));
  mkdirSync(at('node-keys'));
  for (const id of [place.id, 'meer']) {
    const key = await makeNodeKey(at(`${id}.key`), { ...place, id });
    writeFileSync(at(`node-keys/${id}.json`), JSON.stringify(key));
  }
  writeFileSync(at('list.yaml'), stolenVehicles);
  const build = (...rows: string[]) => {
    writeFileSync(at('list.csv'), `plate,country,reference\n${rows.join('\n')}\n`);
    return list('build', '--description', at('list.yaml'), '--csv', at('list.csv'), '--out', at('stolen'));
  };
  await build('1-ABC-234,B,BE-1', '12-ABC-3,NL,NL-1');
  const signed = ['--signing-key', signingKeyFile, '--broker', broker.url];
  const run = (verb: string, ...more: string[]) => {
    const fleet = verb === 'revoke' ? ['--reason', 'ended'] : ['--node-keys', at('node-keys')];
    return list(verb, at('stolen'), ...fleet, ...signed, ...more);
  };
  const json = async (verb: string, ...more: string[]) => JSON.parse((await run(verb, ...more, '--json')).out);
  return { at, build, run, json };
}

/** Everything that lies in a folder, and when it was written. */
function stateOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .map((path) => {
      const { mtimeMs } = statSync(path);
      return `${path} ${mtimeMs} ${statSync(path).isFile() ? readFileSync(path).toString('base64') : ''}`;
    })
    .sort();
}

/** Runs what is only tried; it must touch neither the centre's files nor the broker nor the temporary folder. */
async function untouched<T>({ at }: Awaited<ReturnType<typeof centre>>, act: () => Promise<T>): Promise<T> {
  const temporary = testFolder();
  vi.stubEnv('TMPDIR', temporary);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const sent = vi.fn();
  const leave = broker.onPublish(sent);
  const before = stateOf(at(''));
  const outcome = await act();
  leave();
  expect(stateOf(at(''))).toEqual(before);
  expect(readdirSync(temporary)).toEqual([]);
  expect(sent).not.toHaveBeenCalled();
  return outcome;
}

/** What a plan says, in the words in which a report says it afterwards. */
const asReported = (plan: {
  blobsToSend: number;
  blobsThere: number;
  bytesToSend: number;
  keysFor: readonly string[];
  toErase: readonly string[];
}) => ({
  blobsSent: plan.blobsToSend,
  blobsThere: plan.blobsThere,
  bytesSent: plan.bytesToSend,
  keysSent: plan.keysFor.length,
  erased: plan.toErase.length,
});

it('says of a publication what it then does, first and later, and does nothing', async () => {
  const one = await centre();
  const first = await untouched(one, () => one.json('publish', '--dry-run'));
  expect(first).toMatchObject({ dryRun: true, blobsToSend: 2, keysFor: [place.id, 'meer'], toErase: [] });
  expect(first.manifest).toMatchObject({ version: 1, state: 'active' });
  expect(first.bytesToSend).toBeGreaterThan(100);
  const nobodyListens = ['--broker', 'mqtt://127.0.0.1:1'];
  expect(await one.json('publish', '--dry-run', ...nobodyListens)).toMatchObject({ blobsToSend: 2 });
  expect(await one.json('publish')).toMatchObject(asReported(first));
  await one.build('1-ABC-234,B,BE-2');
  const next = await untouched(one, () => one.json('publish', '--dry-run'));
  expect(next.toErase).toHaveLength(2);
  for (const topic of next.toErase) expect(topic).toMatch(/NL\/stolen\/blobs\/[0-9a-f]{64}$/);
  expect(await one.json('publish')).toMatchObject(asReported(next));
  expect(await one.json('publish', '--dry-run')).toMatchObject({ blobsToSend: 0, blobsThere: 2, bytesToSend: 0 });
  expect(await one.json('publish', '--dry-run', '--again')).toMatchObject({ blobsToSend: 2, blobsThere: 0 });
});

it('says of a rotation what it then does, and leaves list and key as they are', async () => {
  const one = await centre();
  await one.run('publish');
  const plan = await untouched(one, () => one.json('rotate', '--dry-run'));
  expect(plan.manifest).toMatchObject({ version: 2, generation: 2, entries: 2 });
  expect(plan.toErase.filter((topic: string) => topic.endsWith('NL/stolen/1'))).toHaveLength(2);
  const report = await one.json('rotate');
  expect(report).toMatchObject({ ...asReported(plan), manifest: { version: 2, generation: 2 } });
});

it('says of a revocation what it then does, before and after it was made', async () => {
  const one = await centre();
  await one.run('publish');
  const plan = await untouched(one, () => one.json('revoke', '--dry-run'));
  expect(plan.manifest).toMatchObject({ state: 'revoked', reason: 'ended', version: 2 });
  expect(plan).toMatchObject({ blobsToSend: 0, keysFor: [] });
  expect(plan.toErase).toHaveLength(4);
  expect(await one.json('revoke')).toMatchObject(asReported(plan));
  const again = await untouched(one, () => one.run('revoke', '--dry-run'));
  expect(again.err).toContain('that is sent again');
  expect(again.out).toContain('would revoke NL/stolen version 2 (generation 1; ended); nothing was sent, and the list');
});

it('tells a person who would get keys, what would be erased, what the law objects to and who still holds the key', async () => {
  const one = await centre();
  await one.run('publish');
  await one.build('1-ABC-234,B,BE-2');
  rmSync(one.at('node-keys/meer.json'));
  const { out, err } = await one.run('publish', '--dry-run');
  expect(out).toMatch(/^would publish NL\/stolen version 2 \(generation 1; valid until /);
  expect(out).toMatch(/ {2}2 blobs to send \(\d+ bytes\), 0 there already\n {2}keys for 1 nodes: e19-a\n/);
  expect(out).toMatch(/ {2}3 old messages to erase:\n( {4}\S+\n){3}$/);
  const warnings = ['nodes in NL will refuse this list', 'meer still holds the key of this version'];
  for (const warning of warnings) expect(err).toContain(`warning: ${warning}`);
  expect((await one.json('publish', '--dry-run')).warnings).toEqual(
    warnings.map((one) => expect.stringContaining(one)),
  );
});

it('fails where the publication would: with a damaged blob, with a key that signs nothing, at an address that is none', async () => {
  const one = await centre();
  await expect(one.run('publish', '--dry-run', '--broker', 'localhost')).rejects.toMatchObject({
    code: 'broker/bad-address',
  });
  for (const verb of ['publish', 'rotate', 'revoke'])
    await expect(one.run(verb, '--dry-run', '--signing-key', one.at('list.yaml'))).rejects.toMatchObject({
      code: 'signing-key/unreadable',
    });
  for (const name of readdirSync(one.at('stolen/blobs'))) writeFileSync(one.at(`stolen/blobs/${name}`), 'x');
  for (const verb of ['publish', 'rotate'])
    await expect(one.run(verb, '--dry-run')).rejects.toMatchObject({ code: 'list-folder/damaged' });
});

it('fails where the publication would for want of the list key, and sends nothing either way', async () => {
  const one = await centre();
  writeFileSync(one.at('stolen/list.key'), 'spoilt');
  const sent = vi.fn();
  const leave = broker.onPublish(sent);
  for (const tried of [['--dry-run'], []])
    await expect(one.run('publish', ...tried)).rejects.toMatchObject({
      code: 'list-folder/damaged',
      message: expect.stringContaining('--rotate-key'),
    });
  leave();
  expect(sent).not.toHaveBeenCalled();
});

it('looks at the broker’s address before it seals a list anew, tried or not', async () => {
  const one = await centre();
  const before = readFileSync(one.at('stolen/manifest.json'), 'utf8');
  await expect(one.run('rotate', '--broker', 'localhost')).rejects.toMatchObject({ code: 'broker/bad-address' });
  expect(readFileSync(one.at('stolen/manifest.json'), 'utf8')).toBe(before);
  // What could not be sealed anew is not even looked at.
  for (const name of readdirSync(one.at('stolen/blobs'))) writeFileSync(one.at(`stolen/blobs/${name}`), 'x');
  await expect(one.run('rotate', '--dry-run', '--broker', 'localhost')).rejects.toMatchObject({
    code: 'broker/bad-address',
  });
});

it('says of a trial what it leaves alone, and of one that seals a list that it may need the temporary folder', async () => {
  const one = await centre();
  const { out } = await one.run('rotate', '--dry-run');
  expect(out).toContain("nothing was sent, and the list's folder is as it was");
  expect(out).not.toContain('written');
  const program = new Command();
  addListCommand(program);
  const help = (verb: string) => {
    const command = program.commands[0]?.commands.find((known) => known.name() === verb);
    return command?.options.find(({ long }) => long === '--dry-run')?.description;
  };
  for (const verb of ['build', 'rotate'])
    expect(help(verb), verb).toMatch(/sorted in the temporary folder.* encrypted under a key that is written nowhere/);
  for (const verb of ['publish', 'revoke']) expect(help(verb), verb).not.toContain('temporary');
  for (const verb of ['publish', 'rotate', 'revoke']) expect(help(verb), verb).not.toContain('sent or written');
});
