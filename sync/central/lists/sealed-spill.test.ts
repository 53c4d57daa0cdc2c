import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareRecords, encodeRecord, mostUnderOneKey } from '../../lists/chunk.ts';
import { testFolder } from '../../lists/list-world.fixture.ts';
import { parts, SealedSpill } from './sealed-spill.ts';

const record = fc.record({
  lookup: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes)),
  sealed: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  plate: fc.stringMatching(/^[A-Z0-9]{0,12}$/),
});

function all(spill: SealedSpill) {
  return Array.from({ length: parts }, (_, first) => spill.part(first)).flat();
}

it('gives every distinct record back in the order of the format, from memory or from disk', () => {
  const folder = join(testFolder(), 'spill');
  fc.assert(
    fc.property(fc.array(record, { maxLength: 200 }), fc.constantFrom(1, 1_000, 100_000), (records, bufferBytes) => {
      const spill = new SealedSpill(folder, bufferBytes);
      for (const one of [...records, ...records.slice(0, 5)]) spill.add(one, one.plate);
      const back = all(spill);
      const wanted = new Map(records.map((one) => [encodeRecord(one).toString('hex'), one]));
      expect(back.map(({ wire }) => wire.toString('hex')).sort()).toEqual([...wanted.keys()].sort());
      for (const [at, one] of back.entries()) {
        expect(one.plate.length).toBeLessThanOrEqual(12);
        expect(Buffer.compare(encodeRecord(one), one.wire)).toBe(0);
        const before = back[at - 1];
        if (before !== undefined) expect(compareRecords(before, one)).toBeLessThan(0);
      }
      spill.close();
      expect(existsSync(folder)).toBe(false);
    }),
    { numRuns: 60 },
  );
});

it('writes to disk only what does not fit its buffers', () => {
  const folder = join(testFolder(), 'spill');
  const spill = new SealedSpill(folder, 1_000);
  const one = { lookup: Buffer.alloc(16, 7), sealed: Buffer.alloc(400) };
  spill.add(one, '12ABC3');
  expect(existsSync(folder)).toBe(false);
  for (let at = 0; at < 3; at += 1) spill.add({ ...one, sealed: randomBytes(400) }, '12ABC3');
  expect(readdirSync(folder)).toEqual(['part-7']);
  expect(spill.part(7)).toHaveLength(4);
  expect(spill.part(7)[0]?.plate.toString()).toBe('12ABC3');
  expect(spill.part(6)).toEqual([]);
});

it('shows nobody who finds its files which plates are listed, nor the same records twice', () => {
  const folders = [testFolder(), testFolder()].map((folder) => join(folder, 'spill'));
  const files = folders.map((folder) => {
    const spill = new SealedSpill(folder, 1_000);
    const lookup = Buffer.from('0123456789abcdef');
    for (let at = 0; at < 10; at += 1) spill.add({ lookup, sealed: Buffer.alloc(400, at) }, '12ABC3');
    expect(spill.part(0x30).map(({ plate }) => plate.toString())).toEqual(Array(10).fill('12ABC3'));
    return readFileSync(join(folder, 'part-48'));
  });
  for (const file of files) {
    expect(file.length).toBeGreaterThan(3_000);
    for (const told of ['12ABC3', '0123456789abcdef', '\x07\x07\x07\x07'])
      expect(file.includes(told), told).toBe(false);
  }
  expect(files[0]?.equals(files[1] ?? Buffer.alloc(0))).toBe(false);
});

it('refuses one plate listed too often, and takes the same entry again as one', () => {
  const spill = new SealedSpill(join(testFolder(), 'spill'));
  const lookup = Buffer.alloc(16, 1);
  for (let at = 0; at < mostUnderOneKey; at += 1) spill.add({ lookup, sealed: Buffer.of(at) }, 'X');
  for (let at = 0; at < mostUnderOneKey; at += 1) spill.add({ lookup, sealed: Buffer.of(at) }, 'X');
  expect(spill.part(1)).toHaveLength(mostUnderOneKey);
  spill.add({ lookup, sealed: Buffer.of(255) }, 'X');
  expect(() => spill.part(1)).toThrow(expect.objectContaining({ code: 'list/too-many-alike' }));
});
