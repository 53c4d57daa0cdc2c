import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readCsv } from './csv.ts';
import { canonicalPlate, fold } from './fold.ts';
import { readListCsv } from './list-csv.ts';
import { foldedFormsOf } from './wildcards.ts';

async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

it('makes plates canonical: no separators, no diacritics, upper case', () => {
  expect(canonicalPlate(' 1-abc·234 ')).toBe('1ABC234');
  expect(canonicalPlate('MÜ OE 12')).toBe('MUOE12');
  for (const wrong of ['', '---', 'АВС123', 'AB*12', 'A'.repeat(13), 'ẞ12']) expect(canonicalPlate(wrong)).toBeNull();
  expect(fold('OIO10')).toBe('01010');
});

it('expands unknown characters into every folded plate that they may be', () => {
  expect(foldedFormsOf('AOI1')).toEqual(['A011']);
  expect(new Set(foldedFormsOf('1AB?23?')).size).toBe(34 * 34);
  expect(foldedFormsOf('1AB?')).toContain('1AB0');
});

it('reads back whatever fields were written, cut into pieces anywhere', async () => {
  const field = fc.string({
    unit: fc.constantFrom('a', 'B', '1', ',', ';', '"', '\n', '\r', 'é', ' ', '😀'),
    maxLength: 8,
  });
  const table = fc.array(fc.array(field, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(table, fc.integer({ min: 1, max: 9 }), fc.constantFrom('\n', '\r\n'), async (rows, size, end) => {
      const quoted = rows.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(','));
      const characters = [...quoted.join(end)];
      const pieces: string[] = [];
      for (let at = 0; at < characters.length; at += size) pieces.push(characters.slice(at, at + size).join(''));
      const read = await gather(readCsv(pieces));
      expect(read.map((row) => ('fields' in row ? row.fields.map((one) => one.text) : row.wrong))).toEqual(
        rows.map((row) => row.map((text) => text.trim())),
      );
    }),
    { numRuns: 300 },
  );
});

it('counts columns in characters, of which some take two units', async () => {
  const [row] = await gather(readCsv(['😀é😀, c', 'd,"e"\n']));
  expect('fields' in row! ? row.fields : row).toEqual([
    { text: '😀é😀', line: 1, column: 1 },
    { text: 'cd', line: 1, column: 5 },
    { text: 'e', line: 1, column: 9 },
  ]);
});

it('never throws and never hangs on any text, and stays within its bounds', async () => {
  const unit = fc.constantFrom('a', ',', ';', '"', '\n', '\r', '\uFEFF', '\0', '?', '-');
  await fc.assert(
    fc.asyncProperty(fc.string({ unit, maxLength: 300 }), async (text) => {
      for (const item of await gather(readListCsv([`plate,reference\n${text}`]))) expect(item.line).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
  const [header, endless, next] = await gather(readCsv(['a,b\n', `"${'x'.repeat(100_000)}\n`, 'c,d\n']));
  expect(header).toMatchObject({ line: 1 });
  expect(endless).toMatchObject({ line: 2, column: 1, wrong: expect.stringContaining('too long') });
  expect(next).toMatchObject({ line: 3 });
});

it('reads every column into an entry', async () => {
  const csv = [
    '\uFEFFPlate;Country;Reference;purpose;legal_basis;action;priority;recipients;respond_within_minutes;valid_from;valid_until;area\r\n',
    '1-ABC-?34;B;ref 1;theft;act;observe;1;be-fp nl-police;30;2026-01-01;2026-02-01T12:00:00+01:00;country:NL node:e19-a\r\n',
    '12-abc-3;;ref 2\r\n',
  ];
  expect(await gather(readListCsv(csv))).toEqual([
    {
      line: 2,
      entry: {
        text: '1ABC?34',
        country: 'B',
        reference: 'ref 1',
        purpose: 'theft',
        legalBasis: 'act',
        action: 'observe',
        priority: 1,
        recipients: ['be-fp', 'nl-police'],
        respondWithinMinutes: 30,
        validFrom: '2026-01-01T00:00:00.000Z',
        validUntil: '2026-02-01T11:00:00.000Z',
        area: { nodes: ['e19-a'], countries: ['NL'] },
      },
    },
    { line: 3, entry: { text: '12ABC3', reference: 'ref 2' } },
  ]);
});

it('tells line and column of every bad row and still checks the rest', async () => {
  const csv = [
    'plate,country,reference,action,priority,valid_until',
    'AB*12,NL,r1,,,',
    '12ABC3,NL,,,,',
    '12ABC3,nl,r3,arrest,11,tomorrow',
    '???ABC1,NL,r4',
    '?A?1,NL,r5',
    '12ABC3,NL,r6,,,,,',
    '12ABC3,"NL,r7',
  ].join('\n');
  const places = (await gather(readListCsv([csv]))).map((item) =>
    'message' in item ? `${item.line}:${item.column} ${item.message.split(/[ :]/)[0]}` : item.entry.reference,
  );
  expect(places).toEqual([
    '2:1 plate',
    '3:11 reference',
    '4:8 country',
    '4:14 action',
    '4:21 priority',
    '4:24 valid_until',
    '5:1 plate',
    '6:1 plate',
    '7:17 more',
    '8:8 a',
  ]);
});

it('names the columns that are missing, unknown or doubled', async () => {
  const wrong = await gather(readListCsv(['plate,colour,plate\n12ABC3,red,x\n']));
  expect(wrong.map((item) => ('message' in item ? `${item.line}:${item.column}` : ''))).toEqual(['1:7', '1:14', '1:1']);
  expect(await gather(readListCsv(['']))).toHaveLength(1);
});
