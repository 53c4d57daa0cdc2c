import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { installationRoot } from '../../config/foundation/installation.ts';
import { makeNodeKey } from '../../sync/lists/sealing/node-key.ts';
import { eventually } from '../../test/eventually.ts';

const program = join(installationRoot(), 'dist', 'anpr-node.js');
let folder: string;
let pipe: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-run-'));
  pipe = join(folder, 'stderr');
  execFileSync('mkfifo', [pipe]);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Whoever reads the program's standard error, until it goes. */
function reader() {
  const file = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  let text = '';
  return {
    text(): string {
      const chunk = Buffer.alloc(65_536);
      try {
        text += chunk.toString('utf8', 0, readSync(file, chunk));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      }
      return text;
    },
    goes: () => closeSync(file),
  };
}

function start(...parameters: string[]) {
  const stderr = openSync(pipe, 'w');
  const child = spawn(process.execPath, [program, ...parameters], { stdio: ['ignore', 'ignore', stderr] });
  closeSync(stderr);
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, exited: once(child, 'exit') };
}

/** A node in Luxembourg, where it may read nothing and needs no camera. */
async function settings(): Promise<string> {
  const node = { id: 'gantry-7', site: 'Zoufftgen', country: 'LU' };
  await makeNodeKey(join(folder, 'node.key'), node);
  const file = join(folder, 'node.yaml');
  writeFileSync(
    file,
    stringify({
      node,
      dataFolder: 'data',
      cameras: [{ name: 'north', source: { kind: 'folder', path: '.' } }],
      broker: { url: 'mqtt://127.0.0.1:1' },
      keys: { nodeKeyFile: 'node.key' },
      trust: { authorities: [] },
    }),
  );
  return file;
}

it('goes on when nobody takes its log any more, and says how many lines are lost when somebody does again', async () => {
  const first = reader();
  const file = await settings();
  const { child, exited } = start('run', '--config', file);
  await eventually('the node runs', () => first.text().includes('"node/started"'));
  first.goes();
  writeFileSync(file, 'log: { level: loud }');
  child.kill('SIGHUP');
  const audit = join(folder, 'data', 'audit', 'audit-000001.jsonl');
  await eventually('it refuses its settings', () => readFileSync(audit, 'utf8').includes('"settings/refused"'));
  const second = reader();
  child.kill('SIGHUP');
  await eventually('the lost lines are counted', () => second.text().includes('"log/lost"'));
  const lost = second
    .text()
    .split('\n')
    .find((line) => line.includes('"log/lost"'));
  expect(JSON.parse(lost ?? '{}').lines).toBeGreaterThan(0);
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  expect(second.text()).toContain('"node/stopped"');
  second.goes();
});

it('a command does its work though nobody reads what it says on standard error', async () => {
  const none = reader();
  const { exited } = start('enroll', '--key', join(folder, 'new.key'), '--node', 'gantry-8');
  none.goes();
  expect(await exited).toEqual([0, null]);
});
