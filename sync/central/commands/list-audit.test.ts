import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { chainStart } from '../../audit/audit-chain.ts';
import { verifyAuditFolder } from '../../audit/audit-files.ts';
import { type EmbeddedBroker, startEmbeddedBroker } from '../../broker/embedded-broker.ts';
import { place, testFolder } from '../../lists/list-world.fixture.ts';
import { makeNodeKey } from '../../lists/sealing/node-key.ts';
import { makeSigningKey } from '../lists/signing-key.ts';
import { stolenVehicles } from '../lists/stolen-vehicles.test-data.ts';
import { addListCommand } from './list.ts';

let broker: EmbeddedBroker;
/** A broker that goes away at the first message. */
let leaving: Server;
beforeAll(async () => {
  broker = await startEmbeddedBroker();
  leaving = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(Buffer.from([0x20, 0x02, 0x00, 0x00]));
      socket.once('data', () => socket.destroy());
    });
  }).listen(0, '127.0.0.1');
});
afterAll(async () => {
  leaving.close();
  await broker.close();
});

beforeEach(() => {
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

const records = (folder: string) =>
  readFileSync(join(folder, 'audit-000001.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

async function list(...words: readonly string[]): Promise<void> {
  const program = new Command().exitOverride();
  addListCommand(program);
  process.exitCode = 0;
  await program.parseAsync(['list', ...words], { from: 'user' });
}

/** A centre with the means to build and publish one list. */
async function centre() {
  const folder = testFolder();
  const at = (name: string): string => join(folder, name);
  const { signingKeyFile } = makeSigningKey('NL', at('keys'));
  mkdirSync(at('node-keys'));
  writeFileSync(at('node-keys/a.json'), JSON.stringify(await makeNodeKey(at('node.key'), place)));
  writeFileSync(at('list.yaml'), stolenVehicles);
  const build = (rows: string, ...more: string[]) => {
    writeFileSync(at('list.csv'), `plate,country,reference\n${rows}\n`);
    return list('build', '--description', at('list.yaml'), '--csv', at('list.csv'), '--out', at('stolen'), ...more);
  };
  const signed = ['--signing-key', signingKeyFile];
  const fleet = ['--node-keys', at('node-keys')];
  const address = leaving.address();
  const away = ['--broker', `mqtt://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`];
  return { at, build, signed, fleet, here: ['--broker', broker.url], away };
}

const told = (folder: string) =>
  records(folder).map(({ event, facts: { version, reason, failed } }) => [
    event,
    version,
    reason ?? null,
    failed ?? null,
  ]);

it('writes down each version that was built, and nothing of what only tried or failed', async () => {
  const { at, build } = await centre();
  await build('%!,B,BE-1');
  expect(existsSync(at('stolen'))).toBe(false);
  await build('1-ABC-234,B,BE-1');
  await build('1-ABC-235,B,BE-2', '--dry-run');
  await build('%!,B,BE-2');
  await build('1-ABC-235,B,BE-2', '--rotate-key');
  const audit = at('stolen/audit');
  expect(records(audit).map(({ event, facts }) => [event, facts.list, facts.version])).toEqual([
    ['list/build', 'stolen', 1],
    ['list/build', 'stolen', 2],
  ]);
  expect(verifyAuditFolder(audit, chainStart('centre')).broken).toBeNull();
  expect(JSON.stringify(records(audit))).not.toMatch(/ABC/);
});

it('does nothing when it could not be written down', async () => {
  const { at, build, signed, fleet, here } = await centre();
  const nowhere = ['--audit', at('list.yaml/audit')];
  const unwritable = { code: 'audit/unwritable' };
  await expect(build('1-ABC-234,B,BE-1', ...nowhere)).rejects.toMatchObject(unwritable);
  expect(existsSync(at('stolen'))).toBe(false);
  await build('1-ABC-234,B,BE-1');
  const manifest = readFileSync(at('stolen/manifest.json'));
  const sent = vi.fn();
  const leave = broker.onPublish(sent);
  for (const words of [
    ['publish', at('stolen'), ...fleet],
    ['rotate', at('stolen'), ...fleet],
    ['revoke', at('stolen'), '--reason', 'ended'],
  ])
    await expect(list(...words, ...signed, ...here, ...nowhere)).rejects.toMatchObject(unwritable);
  leave();
  expect(sent).not.toHaveBeenCalled();
  expect(readFileSync(at('stolen/manifest.json'))).toEqual(manifest);
});

it('writes down what was done before a broker went away, and the reason that was signed', async () => {
  const { at, build, signed, fleet, here, away } = await centre();
  await build('1-ABC-234,B,BE-1');
  await list('publish', at('stolen'), ...fleet, ...signed, ...here);
  const gone = { code: 'list/not-published' };
  await expect(list('rotate', at('stolen'), ...fleet, ...signed, ...away)).rejects.toMatchObject(gone);
  await expect(list('revoke', at('stolen'), '--reason', 'A', ...signed, ...away)).rejects.toMatchObject(gone);
  await list('revoke', at('stolen'), '--reason', 'B', ...signed, ...here);
  expect(told(at('stolen/audit'))).toEqual([
    ['list/build', 1, null, null],
    ['list/publish', 1, null, null],
    ['list/rotate', 2, null, null],
    ['list/revoke', 3, 'A', null],
    // It was signed, and may have arrived.
    ['list/publish', 3, 'A', 'list/not-published'],
    ['list/publish', 3, 'A', null],
  ]);
});
