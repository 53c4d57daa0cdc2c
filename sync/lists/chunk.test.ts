import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareRecords, decodeChunk, encodeChunk, prefixOf } from './chunk.ts';
import { decodeIndex, encodeIndex } from './chunk-index.ts';
import type { SealedEntry } from './sealing/seal.ts';
import { buildKeyFilter, mayHold } from './store/key-filter.ts';

const record = fc
  .record({
    lookup: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    sealed: fc.uint8Array({ minLength: 1, maxLength: 80 }),
  })
  .map(({ lookup, sealed }): SealedEntry => ({ lookup: Buffer.from(lookup), sealed: Buffer.from(sealed) }));
const records = fc
  .uniqueArray(record, { selector: ({ lookup }) => lookup.toString('hex'), maxLength: 40 })
  .map((all) => all.sort(compareRecords));
const whole = { prefixBits: 0, ordinal: 0, removals: false };
const badChunk = expect.objectContaining({ code: 'list/bad-chunk' });

it('reads back the records of a chunk, in any cut', () => {
  fc.assert(
    fc.property(records, fc.integer({ min: 0, max: 6 }), (all, prefixBits) => {
      const back = Array.from({ length: 2 ** prefixBits }, (_, ordinal) => {
        const own = all.filter(({ lookup }) => prefixOf(lookup, prefixBits) === ordinal);
        const place = { prefixBits, ordinal, removals: false };
        return decodeChunk(encodeChunk(place, own), place);
      });
      expect(back.flat()).toEqual(all);
    }),
  );
});

it('takes no chunk that is cut short, lengthened, out of order, of another place or with a removal in a snapshot', () => {
  fc.assert(
    fc.property(records, fc.nat(), (all, at) => {
      const chunk = encodeChunk(whole, all);
      expect(() => decodeChunk(chunk.subarray(0, at % chunk.length), whole)).toThrow(badChunk);
      expect(() => decodeChunk(Buffer.concat([chunk, Buffer.alloc(1 + (at % 40))]), whole)).toThrow(badChunk);
      expect(() => decodeChunk(chunk, { ...whole, prefixBits: 1 })).toThrow(badChunk);
      if (all.length > 1) expect(() => decodeChunk(encodeChunk(whole, all.toReversed()), whole)).toThrow(badChunk);
      if (all[0]) expect(() => decodeChunk(encodeChunk(whole, [all[0]!, all[0]!]), whole)).toThrow(badChunk);
    }),
  );
  const lookup = Buffer.alloc(16, 9);
  const removal = encodeChunk(whole, [{ lookup, sealed: Buffer.alloc(0) }]);
  expect(() => decodeChunk(removal, whole)).toThrow(badChunk);
  expect(decodeChunk(removal, { ...whole, removals: true })).toHaveLength(1);
  const both = encodeChunk(whole, [
    { lookup, sealed: Buffer.alloc(0) },
    { lookup, sealed: Buffer.alloc(40) },
  ]);
  expect(() => decodeChunk(both, { ...whole, removals: true })).toThrow(badChunk);
});

it('answers any bytes with records or with one fault', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), records, fc.nat(), fc.nat(255), (noise, all, at, value) => {
      const chunk = encodeChunk(whole, all);
      chunk[at % chunk.length] = value;
      for (const bytes of [noise, chunk]) {
        try {
          decodeChunk(bytes, whole);
        } catch (error) {
          expect(error).toEqual(badChunk);
        }
        expect(() => decodeIndex(bytes)).toThrow(expect.objectContaining({ code: 'list/bad-index' }));
      }
    }),
  );
});

it('reads back an index and takes no other bytes for one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5 }), fc.nat(1000), fc.nat(), (prefixBits, records, at) => {
      const chunks = Array.from({ length: 2 ** prefixBits }, (_, n) => ({
        sha256: Buffer.alloc(32, n),
        bytes: 16 + n,
        records,
      }));
      const bytes = encodeIndex({ prefixBits, chunks });
      expect(decodeIndex(bytes)).toEqual({ prefixBits, chunks });
      expect(() => decodeIndex(bytes.subarray(0, at % bytes.length))).toThrow();
      const huge = encodeIndex({ prefixBits, chunks: chunks.map((chunk) => ({ ...chunk, bytes: 2 ** 21 })) });
      expect(() => decodeIndex(huge)).toThrow();
    }),
  );
});

it('never misses a member with its filter, and lets few strangers through', () => {
  const random = fc.sample(fc.uint8Array({ minLength: 16, maxLength: 16 }), { numRuns: 4000, seed: 5 });
  const hash = (lookup: Uint8Array): [number, number] => {
    const bytes = Buffer.from(lookup);
    return [bytes.readInt32BE(4), bytes.readInt32BE(8)];
  };
  const members = random.slice(0, 2000);
  const filter = buildKeyFilter(
    Buffer.concat(members),
    Uint32Array.from(members, (_, n) => n * 16),
  );
  const place = { begin: 5, end: 5 + filter.length };
  const filters = Buffer.concat([Buffer.alloc(5), filter, Buffer.alloc(5, 0xff)]);
  for (const member of members) expect(mayHold(filters, place, ...hash(member))).toBe(true);
  let strangers = 0;
  for (let index = 0; index < 100_000; index += 1) {
    const [a, b] = [Math.imul(index + 1, 0x9e3779b1), Math.imul(index + 7, 0x85ebca6b)];
    if (mayHold(filters, place, a, b)) strangers += 1;
  }
  expect(strangers / 100_000).toBeLessThan(0.0005);
});
