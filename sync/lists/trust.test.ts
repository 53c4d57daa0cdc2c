import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TrustStore } from './trust.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-trust-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function trusting(pem: string | Buffer): TrustStore {
  const publicKeyFile = join(folder, 'key.pem');
  writeFileSync(publicKeyFile, pem);
  return TrustStore.fromFiles([{ authority: 'NL', publicKeyFile }]);
}

it('takes an Ed25519 public key', () => {
  const { publicKey } = generateKeyPairSync('ed25519');
  expect(trusting(publicKey.export({ type: 'spki', format: 'pem' })).knows('NL')).toBe(true);
});

it('refuses an authority’s signing key: it must not lie on a gantry', () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  expect(() => trusting(pem)).toThrow(expect.objectContaining({ code: 'trust/secret-key' }));
});

it.each([
  ['another kind of key', generateKeyPairSync('x25519').publicKey.export({ type: 'spki', format: 'pem' })],
  ['no key at all', 'hello'],
  ['an empty file', ''],
])('refuses %s', (_, pem) => {
  expect(() => trusting(pem)).toThrow(expect.objectContaining({ code: 'trust/bad-key' }));
});
