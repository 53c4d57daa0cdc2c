import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { installationRoot } from '../config/foundation/installation.ts';
import { ask, askToLogIn } from '../sync/central/web/web-site.fixture.ts';
import { eventually } from './eventually.ts';

const program = join(installationRoot(), 'dist', 'anpr-central.js');
let folder: string;
let started: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-serve-'));
  started = [];
});
afterEach(async () => {
  for (const child of started) {
    if (child.exitCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  rmSync(folder, { recursive: true });
});

/** Runs the program in the test's folder with something on its standard input. */
function central(input: string, ...parameters: string[]) {
  const child = spawn(process.execPath, [program, ...parameters], { cwd: folder });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (text += String(part)));
  child.stdin.end(input);
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, text }));
  return { child, text: () => text, ended };
}

it('lets in who was added, and nobody before', async () => {
  const refused = await central('', 'serve', '--listen', '127.0.0.1:0').ended;
  expect(refused.code).toBe(1);
  expect(refused.text).toContain('anpr-central user add NAME');

  const weak = await central('short\n', 'user', 'add', 'k.jansen').ended;
  expect([weak.code, weak.text]).toEqual([1, expect.stringContaining('shorter than 12 characters')]);
  const added = await central('correct horse battery\n', 'user', 'add', 'k.jansen', '--role', 'viewer').ended;
  expect([added.code, added.text]).toEqual([0, 'added k.jansen (viewer) in users.json\n']);
  const listed = await central('', 'user', 'list', '--json').ended;
  expect(JSON.parse(listed.text)).toMatchObject({ name: 'k.jansen', role: 'viewer' });

  const server = central('', 'serve', '--listen', '127.0.0.1:0');
  await eventually('the page is served', () => server.text().includes('http://127.0.0.1:'));
  const url = /http:\S+/.exec(server.text())?.[0] ?? '';
  expect((await ask(url, '/')).body.toString()).toContain('<title>Hazeldonk</title>');
  expect((await askToLogIn(url, 'k.jansen', 'correct horse battery')).status).toBe(200);

  expect((await central('', 'user', 'remove', 'k.jansen').ended).code).toBe(0);
  expect((await askToLogIn(url, 'k.jansen', 'correct horse battery')).status).toBe(401);
  server.child.kill('SIGTERM');
  expect((await server.ended).code).toBe(0);

  const verified = await central('', 'audit', 'verify', 'audit', '--owner', 'centre', '--json').ended;
  expect([verified.code, JSON.parse(verified.text)]).toMatchObject([0, { intact: true, records: 2 }]);
  const part = join(folder, 'audit', 'audit-000001.jsonl');
  writeFileSync(part, readFileSync(part, 'utf8').replace('k.jansen', 'p.jansen'));
  const tampered = await central('', 'audit', 'verify', 'audit', '--owner', 'centre').ended;
  expect([tampered.code, tampered.text]).toEqual([1, expect.stringContaining('NOT intact: a record whose content')]);
}, 180_000);

it('does not listen beyond this machine without a certificate', async () => {
  await central('correct horse battery\n', 'user', 'add', 'k.jansen').ended;
  const { code, text } = await central('', 'serve', '--listen', '0.0.0.0:0').ended;
  expect([code, text]).toEqual([1, expect.stringContaining('[web/needs-tls]')]);
}, 180_000);
