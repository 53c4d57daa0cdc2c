import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installationRoot } from '../config/foundation/installation.ts';

const run = promisify(execFile);
const examples = join(installationRoot(), 'config', 'examples', 'lists');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-examples-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function build(description: string) {
  const program = join(installationRoot(), 'dist', 'anpr-central.js');
  const csv = join(examples, 'stolen-vehicles.csv');
  const files = ['--description', description, '--csv', csv, '--out', join(folder, 'list')];
  return run(process.execPath, [program, 'list', 'build', ...files, '--dry-run']);
}

it('the example of a list builds', async () => {
  const { stdout } = await build(join(examples, 'stolen-vehicles.yaml'));
  expect(stdout).toContain('would build NL-POLICE/stolen-vehicles version 1');
});

it('a list without a sensible validity is told what one looks like', async () => {
  const wrong = join(folder, 'wrong.yaml');
  const text = readFileSync(join(examples, 'stolen-vehicles.yaml'), 'utf8');
  writeFileSync(wrong, text.replace(/validity:[\s\S]*$/, 'validity: soon\n'));
  await expect(build(wrong)).rejects.toMatchObject({ stderr: expect.stringContaining('days: 30') });
});
