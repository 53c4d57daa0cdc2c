import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeNodeKey, nodeKeyPath, readNodeKey } from './node-key.ts';

let folder: string;
let file: string;
let credential: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-node-key-'));
  file = join(folder, 'node.key');
  await makeNodeKey(file, { id: 'from-file', site: 's', country: 'NL' });
  credential = mkdtempSync(join(folder, 'given-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('reads the key of the settings where systemd gave no credential', async () => {
  expect((await readNodeKey(file, {})).id).toBe('from-file');
  expect((await readNodeKey(file, { CREDENTIALS_DIRECTORY: join(folder, 'empty') })).id).toBe('from-file');
});

it('takes the systemd credential node-key before the file of the settings, which then need not exist', async () => {
  const given = { CREDENTIALS_DIRECTORY: credential };
  await makeNodeKey(join(credential, 'node-key'), { id: 'from-credential', site: 's', country: 'NL' });
  expect((await readNodeKey(file, given)).id).toBe('from-credential');
  expect((await readNodeKey(join(folder, 'none'), given)).id).toBe('from-credential');
  expect(nodeKeyPath(file, { CREDENTIALS_DIRECTORY: '' })).toBe(file);
});

it('does not fall back to another key when the credential is damaged, and names it', async () => {
  const damaged = mkdtempSync(join(folder, 'damaged-'));
  writeFileSync(join(damaged, 'node-key'), '{}');
  await expect(readNodeKey(file, { CREDENTIALS_DIRECTORY: damaged })).rejects.toMatchObject({
    code: 'node-key/unreadable',
    message: expect.stringContaining(join(damaged, 'node-key')),
  });
});

it('writes a key that its owner alone can read', () => {
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
