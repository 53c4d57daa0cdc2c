import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HashedTexts } from './hashed-texts.ts';
import { KeyedHash } from './keyed-hash.ts';

const text = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 55,
});
const key = fc.uint8Array({ minLength: 32, maxLength: 32 });

function digest(texts: HashedTexts, index: number): string {
  const bytes = Buffer.alloc(32);
  for (let word = 0; word < 8; word += 1) bytes.writeInt32BE(texts.word(index, word), word * 4);
  return bytes.toString('hex');
}

it('gives every text the digest that the platform gives it, under one key after another', () => {
  const texts = new HashedTexts(20);
  fc.assert(
    fc.property(fc.array(text, { maxLength: 20 }), fc.array(key, { minLength: 1, maxLength: 3 }), (all, keys) => {
      texts.load(all);
      for (const one of keys) {
        new KeyedHash(one).digestsOf(texts);
        for (const [index, message] of all.entries()) {
          expect(digest(texts, index)).toBe(createHmac('sha256', one).update(message, 'latin1').digest('hex'));
        }
      }
    }),
    { numRuns: 200 },
  );
});

it('gives the digests that hashing one text at a time gives', () => {
  const texts = new HashedTexts(256);
  const all = Array.from({ length: 256 }, (_, n) => `1ABC${n}`);
  const hash = new KeyedHash(new Uint8Array(32).fill(7));
  texts.load(all);
  hash.digestsOf(texts);
  for (const [index, message] of all.entries()) expect(digest(texts, index)).toBe(hash.digest(message).toString('hex'));
});

it('refuses more texts than it has room for, and a text that needs a second block', () => {
  const texts = new HashedTexts(8);
  const nine = Array.from({ length: 9 }, () => 'A');
  expect(() => texts.load(nine)).toThrow(expect.objectContaining({ code: 'list/too-many-texts' }));
  expect(() => texts.load(['A'.repeat(56)])).toThrow(expect.objectContaining({ code: 'list/text-too-long' }));
});
