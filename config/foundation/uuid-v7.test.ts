import fc from 'fast-check';
import { expect, it } from 'vitest';
import { startOfUuidV7, uuidV7 } from './uuid-v7.ts';

it('makes version 7 UUIDs that begin with their time and sort by it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 48 - 2 }), (timeMs) => {
      const id = uuidV7(timeMs);
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(timeMs);
      expect(uuidV7(timeMs + 1) > id).toBe(true);
    }),
  );
});

it('says where the ids of a millisecond begin', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 48 - 1 }), (timeMs) => {
      const start = startOfUuidV7(timeMs);
      expect(uuidV7(timeMs).startsWith(start)).toBe(true);
      expect(uuidV7(timeMs) > start).toBe(true);
      expect(uuidV7(timeMs - 1) < start).toBe(true);
    }),
  );
});

it('never makes the same one twice, and survives a clock that makes no sense', () => {
  expect(new Set(Array.from({ length: 2000 }, () => uuidV7(1_700_000_000_000))).size).toBe(2000);
  expect(uuidV7(-5)).toMatch(/^00000000-0000-7/);
  expect(uuidV7(Number.MAX_SAFE_INTEGER)).toMatch(/^ffffffff-ffff-7/);
});
