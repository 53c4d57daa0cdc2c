import fc from 'fast-check';
import { expect, it } from 'vitest';
import { comparePlates, type PlateColumn } from './compare-plates.ts';

const row = (columns: readonly PlateColumn[], which: 'listed' | 'read'): string =>
  columns.map((column) => column[which] ?? '-').join('');
const likenesses = (listed: string, read: string): string =>
  comparePlates(listed, read)
    .map(({ likeness }) => ({ same: '=', alike: '~', different: '!' })[likeness])
    .join('');

it('lays equal plates above each other without a difference', () => {
  expect(likenesses('1ABC234', '1ABC234')).toBe('=======');
});

it('shows one wrong character as one difference', () => {
  expect(likenesses('1ABC234', '1A8C234')).toBe('==!====');
});

it('shows a character that was not read as one difference, and not as all that follow it', () => {
  const columns = comparePlates('XX801JK', 'XX81JK');
  expect([row(columns, 'listed'), row(columns, 'read')]).toEqual(['XX801JK', 'XX8-1JK']);
  expect(likenesses('XX81JK', 'XX801JK')).toBe('===!===');
});

it('calls O beside 0, I beside 1 and anything beside ? alike, not different', () => {
  expect(likenesses('O1A?', '0IAZ')).toBe('~~=~');
});

it('loses no character of either plate, whatever they are', () => {
  const text = fc.string({ unit: fc.constantFrom(...'AB01OI?'), maxLength: 16 });
  fc.assert(
    fc.property(text, text, (listed, read) => {
      const columns = comparePlates(listed, read);
      expect(columns.map((column) => column.listed ?? '').join('')).toBe(listed);
      expect(columns.map((column) => column.read ?? '').join('')).toBe(read);
      const differences = columns.filter(({ likeness }) => likeness === 'different').length;
      expect(differences).toBeLessThanOrEqual(Math.max(listed.length, read.length));
      for (const column of columns)
        expect(column.likeness === 'same').toBe(column.listed !== null && column.listed === column.read);
    }),
  );
});
