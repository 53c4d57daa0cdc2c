import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KeyedHash } from './keyed-hash.ts';

it('gives the same digests as the platform for any key and any text of one block', () => {
  const text = fc.string({
    unit: fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code)),
    maxLength: 55,
  });
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), text, (key, message) => {
      const expected = createHmac('sha256', key).update(message, 'latin1').digest('hex');
      expect(new KeyedHash(key).digest(message).toString('hex')).toBe(expected);
    }),
    { numRuns: 500 },
  );
});

it('gives the same digests as the platform for messages of any length', () => {
  const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const message = fc.nat({ max: 200 }).chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));
  fc.assert(
    fc.property(key, message, fc.constantFrom(4, 12, 32), (secret, bytes, length) => {
      const expected = createHmac('sha256', secret).update(bytes).digest().subarray(0, length);
      expect(new KeyedHash(secret).digestOfBytes(bytes, length)).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

it('refuses a key of another length and a text that needs a second block', () => {
  expect(() => new KeyedHash(new Uint8Array(31))).toThrow(expect.objectContaining({ code: 'list/bad-key' }));
  const hash = new KeyedHash(new Uint8Array(32));
  expect(() => hash.digest('A'.repeat(56))).toThrow(expect.objectContaining({ code: 'list/text-too-long' }));
});
