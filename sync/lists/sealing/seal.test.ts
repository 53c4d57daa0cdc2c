import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fold } from '../../../config/foundation/fold.ts';
import type { ListEntry } from '../entry.ts';
import { ListSeal } from './seal.ts';

const list = { authority: 'NL', list: 'stolen', generation: 1 };
const seal = new ListSeal(Buffer.alloc(32, 1), list);
const plate = fc.string({
  unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'),
  minLength: 1,
  maxLength: 12,
});
const entries = fc.record(
  {
    text: plate,
    reference: fc.string({ minLength: 1, maxLength: 64 }),
    country: fc.constantFrom('NL', 'B', 'F', 'L'),
    priority: fc.integer({ min: 1, max: 9 }),
  },
  { requiredKeys: ['text', 'reference'] },
);

it('opens what it sealed, with the plate alone, and seals alike each time', () => {
  fc.assert(
    fc.property(entries, (entry) => {
      const sealed = seal.seal(fold(entry.text), entry);
      expect(seal.open(fold(entry.text), sealed.sealed)).toEqual(entry);
      expect(seal.seal(fold(entry.text), { ...entry })).toEqual(sealed);
      expect(sealed.sealed.length % 32).toBe(28);
    }),
  );
});

it('opens nothing with another plate, another key, another generation or a changed byte', () => {
  fc.assert(
    fc.property(entries, plate, fc.nat(), (entry, other, at) => {
      const folded = fold(entry.text);
      const { sealed } = seal.seal(folded, entry);
      if (fold(other) !== folded) expect(seal.open(fold(other), sealed)).toBeNull();
      expect(new ListSeal(Buffer.alloc(32, 2), list).open(folded, sealed)).toBeNull();
      expect(new ListSeal(Buffer.alloc(32, 1), { ...list, generation: 2 }).open(folded, sealed)).toBeNull();
      const altered = Buffer.from(sealed);
      altered[at % altered.length] = (altered[at % altered.length] ?? 0) ^ 0x40;
      expect(seal.open(folded, altered)).toBeNull();
      expect(seal.open(folded, sealed.subarray(0, at % sealed.length))).toBeNull();
    }),
  );
});

it('uses a new nonce whenever the details of a plate change', () => {
  const nonces = new Set<string>();
  for (let index = 0; index < 1000; index += 1) {
    const entry: ListEntry = { text: '12ABC3', reference: `r${index}` };
    nonces.add(seal.seal('12ABC3', entry).sealed.toString('hex', 0, 12));
  }
  expect(nonces.size).toBe(1000);
});

it('seals to the bytes of the format, which centres and nodes of other releases share', () => {
  const sealed = new ListSeal(Buffer.alloc(32, 7), { authority: 'NL-POLICE', list: 'stolen', generation: 3 });
  const record = sealed.seal('1ABC234', { text: '1ABC234', country: 'B', reference: 'ref-1' });
  expect(record.lookup.toString('hex')).toBe('c86bc97f275a3906dd7c11eeef5366c0');
  expect(record.sealed.toString('hex')).toBe(
    'a8198ac93b332fa88dc60551c3f4c2586dad2a9ec16b789d74aa47dd7b3e89a72c46b42162ac2549121e96677e35755a' +
      '9380f3ff8442ad659de04f589c44a0a9b6e8f278557bf0fbe279e97f465a62744b69db60d7d41f9fa6fdd0ad',
  );
});

it('refuses details that are longer than the format allows, and no shorter ones', () => {
  const purpose = (length: number): ListEntry => ({ text: '1', reference: 'r', purpose: 'é'.repeat(length) });
  const longest = seal.seal('1', purpose(1990));
  expect(longest.sealed.length).toBe(4060);
  expect(() => seal.seal('1', purpose(2020))).toThrow(expect.objectContaining({ code: 'list/entry-too-large' }));
});
