import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import { isSignedBy, parseManifest, signManifest } from './manifest.ts';
import { sampleManifest as manifest } from './sample-manifest.test-data.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const badManifest = expect.objectContaining({ code: 'list/bad-manifest' });

it('reads back what was signed and knows whose signature it is', () => {
  const signed = signManifest(manifest, privateKey);
  const read = parseManifest(signed.bytes);
  expect(read).toEqual(signed);
  expect(isSignedBy(read, publicKey)).toBe(true);
  expect(isSignedBy(read, generateKeyPairSync('ed25519').publicKey)).toBe(false);
});

it('believes no message in which any byte was changed, added or taken away', () => {
  const { bytes } = signManifest(manifest, privateKey);
  const accepted = (message: Buffer): boolean => {
    try {
      return isSignedBy(parseManifest(message), publicKey);
    } catch (error) {
      expect(error).toEqual(badManifest);
      return false;
    }
  };
  expect(accepted(bytes)).toBe(true);
  for (let at = 0; at < bytes.length; at += 1) {
    const altered = Buffer.from(bytes);
    altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8));
    expect(accepted(altered), `byte ${at}`).toBe(false);
    if (at % 8 !== 0) continue;
    expect(accepted(bytes.subarray(0, at)), `cut at ${at}`).toBe(false);
    expect(accepted(Buffer.concat([bytes.subarray(0, at), Buffer.from(' '), bytes.subarray(at)]))).toBe(false);
  }
});

it('takes no signature for another one by spelling its last character otherwise', () => {
  const { bytes, signature } = signManifest(manifest, privateKey);
  const text = signature.toString('base64url');
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(text.at(-1) ?? '');
  const twin = text.slice(0, -1) + alphabet[last ^ 1];
  expect(Buffer.from(twin, 'base64url')).toEqual(signature);
  const message = Buffer.from(bytes.toString('utf8').replace(text, twin));
  expect(() => parseManifest(message)).toThrow(badManifest);
});

it('answers any JSON and any bytes with one fault', () => {
  fc.assert(
    fc.property(fc.json(), fc.uint8Array({ maxLength: 300 }), (json, bytes) => {
      expect(() => parseManifest(Buffer.from(json))).toThrow(badManifest);
      expect(() => parseManifest(bytes)).toThrow(badManifest);
    }),
  );
  expect(() => parseManifest(Buffer.alloc(65 * 1024, ' '))).toThrow(badManifest);
  expect(() => parseManifest(Buffer.from('['.repeat(60_000)))).toThrow(badManifest);
});

it('writes JSON in one form, whatever order its members came in', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(Object.fromEntries(Object.entries(value).reverse()))).toBe(text);
    }),
  );
});
