import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fold } from '../../config/foundation/fold.ts';
import { canonicalPlate } from './canonical-plate.ts';
import { readCsv } from './csv.ts';
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

async function placesOf(...lines: readonly string[]): Promise<string[]> {
  const items = await gather(readListCsv([lines.join('\n')]));
  return items.map((item) => ('message' in item ? `${item.line}:${item.column} ${item.message}` : `${item.line}`));
}

it('tells where in a row that spans lines something is wrong, and where its open quote may be', async () => {
  const header = 'plate,reference,valid_from,valid_until';
  expect(await placesOf(header, '12ABC3,"BE-1', '12ABC4,"BE-2"', '12ABC5,BE-3')).toEqual([
    '3:9 text after a closing quote, of a field that begins in line 2',
    '4',
  ]);
  expect(await placesOf(header, '12ABC3,"BE-1" x')).toEqual(['2:14 text after a closing quote']);
  expect(await placesOf(header, '12ABC3,"BE', '1",2026-01-01,"2026-02-01', '')).toEqual([
    '3:15 a quote is opened here and never closed',
  ]);
  expect(await placesOf(header, '12ABC3,"BE', '1",2026"')).toEqual(['3:8 a quote inside a field that is not quoted']);
  expect(await placesOf(header, '12ABC3,"BE', '1",,,"more"')).toEqual(['3:6 more than 4 fields']);
  expect(await placesOf(header, '"12ABC3', '",r1,2026-02-01,2026-01-01')).toEqual([
    '3:17 valid_until: must be after valid_from',
  ]);
  expect(await placesOf(`${header},"ref`, 'x"', '12ABC3,r1')).toEqual([expect.stringMatching(/^1:40 unknown column/)]);
});

it.each([
  ['2026-02-28', '2026-02-28T00:00:00.000Z'],
  ['2028-02-29', '2028-02-29T00:00:00.000Z'],
  ['2026-03-01T00:30:00+01:00', '2026-02-28T23:30:00.000Z'],
  ['2026-12-31T23:30-01:00', '2027-01-01T00:30:00.000Z'],
])('takes the time %s', async (text, validUntil) => {
  const [item] = await gather(readListCsv([`plate,reference,valid_until\n12ABC3,r1,${text}\n`]));
  expect(item).toMatchObject({ entry: { validUntil } });
});

it.each([
  '2026-02-31',
  '2026-02-29',
  '2026-04-31T12:00:00Z',
  '2026-02-30T23:30:00-01:00',
  '2026-02-29T00:30:00+01:00',
  '2026-13-01',
  '2026-00-01',
  '2026-01-00',
  // In UTC these lie in years that four digits cannot write.
  '9999-12-31T23:30:00-01:00',
  '0000-01-01T00:30:00+01:00',
])('refuses the time %s, of a day that there is not', async (text) => {
  expect(await placesOf('plate,reference,valid_until', `12ABC3,r1,${text}`)).toEqual([
    '2:11 valid_until: a time such as 2026-01-31 or 2026-01-31T18:00:00+01:00',
  ]);
});

it('takes no text that a hit could not show', async () => {
  const csv =
    'plate,reference,purpose,legal_basis\n12ABC3,a,"two\nlines",\n12ABC4,re\u00adf,,\n12ABC5,c,,turned\u202eround\n';
  const places: string[] = [];
  for await (const item of readListCsv([csv])) if ('message' in item) places.push(`${item.line}:${item.column}`);
  expect(places).toEqual(['2:10', '4:8', '5:11']);
});

it('takes a country by the sign on its plates alone, and says how it is written to whoever writes its ISO code', async () => {
  const countries = ['DE', 'BEL', 'UK', 'D', 'SK', 'MA', 'USA', 'DX', 'd', ''];
  const rows = countries.map((country, at) => `12ABC3,${country},r${at}`);
  expect(await placesOf('plate,country,reference', ...rows)).toEqual([
    '2:8 country: DE: plates of Germany are written D',
    '3:8 country: BEL: plates of Belgium are written B',
    '4:8 country: UK: readings name it GB; write GB',
    '5',
    '6',
    '7',
    '8',
    '9:8 country: a country is written as on its plates, such as NL, B, F, L or D, or left empty',
    '10:8 country: a country is written as on its plates, such as NL, B, F, L or D, or left empty',
    '11',
  ]);
});

it('names the columns that are missing, unknown or doubled', async () => {
  const wrong = await gather(readListCsv(['plate,colour,plate\n12ABC3,red,x\n']));
  expect(wrong.map((item) => ('message' in item ? `${item.line}:${item.column}` : ''))).toEqual(['1:7', '1:14', '1:1']);
  expect(await gather(readListCsv(['']))).toHaveLength(1);
});
