import { z } from 'zod';
import { printableText } from '../../config/foundation/printable.ts';
import { namesNodesCountries, parseArea } from './area.ts';
import { canonicalPlate } from './canonical-plate.ts';
import { type CsvField, type CsvRow, readCsv } from './csv.ts';
import { instant, type ListEntry, listEntrySchema, minutes, priority, recipient, reference } from './entry.ts';
import { actions } from './matching/match.ts';
import { signProblem } from './vehicle-signs.ts';
import { mostUnknown, unknownCharacter } from './wildcards.ts';

/** A bad row, as an editor would show it. */
export interface CsvError {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type CsvItem = { readonly line: number; readonly entry: ListEntry } | CsvError;

/** Fewer known characters than this would list a good part of all vehicles. */
const leastKnown = 4;
/** As hits may show them: a hit with more would be refused by the centre. */
const words = z.string().max(200).regex(printableText);
const notANodesCountry = 'a country of nodes is written NL, BE, FR or LU';
const notAPlate = 'only letters, digits and separators, at most 12 characters';

type Reader = (text: string) => { readonly value: unknown } | string;

const readers = {
  plate: { member: 'text', read: readPlate },
  country: { member: 'country', read: readCountry },
  reference: {
    member: 'reference',
    read: checked(reference.regex(printableText), 'a reference of at most 64 characters, none of them invisible'),
  },
  purpose: { member: 'purpose', read: checked(words, 'at most 200 characters, none of them invisible') },
  legal_basis: { member: 'legalBasis', read: checked(words, 'at most 200 characters, none of them invisible') },
  action: { member: 'action', read: checked(z.enum(actions), `one of ${actions.join(', ')}`) },
  priority: { member: 'priority', read: checked(z.coerce.number().pipe(priority), 'a number from 1 (urgent) to 9') },
  recipients: { member: 'recipients', read: readRecipients },
  respond_within_minutes: {
    member: 'respondWithinMinutes',
    read: checked(z.coerce.number().pipe(minutes), 'a whole number of minutes'),
  },
  valid_from: { member: 'validFrom', read: readInstant },
  valid_until: { member: 'validUntil', read: readInstant },
  area: { member: 'area', read: readArea },
} as const satisfies Record<string, { member: keyof ListEntry; read: Reader }>;

type Column = keyof typeof readers;
const required: readonly Column[] = ['plate', 'reference'];

/** Entries of a CSV text in its order; a bad row comes out as an error and the rest is still read. */
export async function* readListCsv(pieces: AsyncIterable<string> | Iterable<string>): AsyncGenerator<CsvItem> {
  let columns: readonly Column[] | null = null;
  for await (const row of readCsv(pieces)) {
    if (columns !== null) {
      yield* readRow(row, columns);
      continue;
    }
    const header = readHeader(row);
    if ('errors' in header) {
      yield* header.errors;
      return;
    }
    columns = header.columns;
  }
  if (columns === null) yield { line: 1, column: 1, message: 'the file is empty; its first line names the columns' };
}

function readHeader(row: CsvRow): { columns: readonly Column[] } | { errors: readonly CsvError[] } {
  if ('wrong' in row) return { errors: [{ line: row.line, column: row.column, message: row.wrong }] };
  const errors: CsvError[] = [];
  const columns: Column[] = [];
  for (const { text, line, column } of row.fields) {
    const name = text.toLowerCase();
    if (!isColumn(name))
      errors.push({ line, column, message: `unknown column; known are ${Object.keys(readers).join(', ')}` });
    else if (columns.includes(name)) errors.push({ line, column, message: `column ${name} stands here twice` });
    else columns.push(name);
  }
  for (const name of required) {
    if (!columns.includes(name)) errors.push({ line: row.line, column: 1, message: `column ${name} is missing` });
  }
  return errors.length > 0 ? { errors } : { columns };
}

function isColumn(name: string): name is Column {
  return Object.hasOwn(readers, name);
}

function* readRow(row: CsvRow, columns: readonly Column[]): Generator<CsvItem> {
  if ('wrong' in row) return yield { line: row.line, column: row.column, message: row.wrong };
  const { line, fields } = row;
  if (fields.length > columns.length) {
    return yield { ...placeOf(fields[columns.length], line), message: `more than ${columns.length} fields` };
  }
  const members: Record<string, unknown> = {};
  const errors: CsvError[] = [];
  for (const [index, name] of columns.entries()) {
    const field = fields[index];
    const outcome = readField(name, field);
    if (typeof outcome === 'string') {
      errors.push({ ...placeOf(field, line), message: `${name}: ${outcome}` });
    } else if (outcome !== null) members[readers[name].member] = outcome.value;
  }
  if (errors.length > 0) return yield* errors;
  const entry = listEntrySchema.parse(members);
  if (entry.validFrom !== undefined && entry.validUntil !== undefined && entry.validFrom >= entry.validUntil) {
    const at = placeOf(fields[columns.indexOf('valid_until')], line);
    return yield { ...at, message: 'valid_until: must be after valid_from' };
  }
  yield { line, entry };
}

/** A field's own place, since a row goes on in the next line inside quotes; the beginning of its row for a field that is missing. */
function placeOf(field: CsvField | undefined, rowLine: number): { readonly line: number; readonly column: number } {
  return { line: field?.line ?? rowLine, column: field?.column ?? 1 };
}

function readField(name: Column, field: CsvField | undefined): { readonly value: unknown } | string | null {
  if (field === undefined || field.text === '') return required.includes(name) ? 'must not be empty' : null;
  return readers[name].read(field.text);
}

function readPlate(text: string): { readonly value: string } | string {
  const known = text.replaceAll(unknownCharacter, '');
  const unknown = text.length - known.length;
  if (unknown > mostUnknown) return `at most ${mostUnknown} characters may be unknown (${unknownCharacter})`;
  if (unknown === 0) {
    const canonical = canonicalPlate(text);
    return canonical === null ? notAPlate : { value: canonical };
  }
  // A letter stands in for the unknown character, so that one rule reads both.
  const shape = [...text].map((one) => (one === unknownCharacter ? 'A' : one)).join('');
  const canonicalKnown = canonicalPlate(known);
  if (canonicalPlate(shape) === null || canonicalKnown === null) return notAPlate;
  if (canonicalKnown.length < leastKnown) return `at least ${leastKnown} characters must be known`;
  return { value: withUnknowns(text) };
}

function withUnknowns(text: string): string {
  return text
    .split(unknownCharacter)
    .map((part) => canonicalPlate(part) ?? '')
    .join(unknownCharacter);
}

/** A country that no reading names would be listed in vain, and nobody would notice. */
function readCountry(text: string): { readonly value: string } | string {
  return signProblem(text) ?? { value: text };
}

function readRecipients(text: string): { readonly value: readonly string[] } | string {
  const list = z
    .array(recipient)
    .min(1)
    .max(16)
    .safeParse(text.split(/[\s;|]+/).filter((one) => one !== ''));
  return list.success ? { value: list.data } : 'at most 16 names, separated by spaces';
}

function readInstant(text: string): { readonly value: string } | string {
  const form = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;
  const ms = form.test(text) && isDay(text.slice(0, 10)) ? Date.parse(text) : Number.NaN;
  const value = Number.isNaN(ms) ? '' : new Date(ms).toISOString();
  // An offset may lead out of the years that are written with four digits.
  return instant.safeParse(value).success ? { value } : 'a time such as 2026-01-31 or 2026-01-31T18:00:00+01:00';
}

/** Date.parse takes 31 February for 3 March, so only a day that comes back as it was written is one. */
function isDay(day: string): boolean {
  const ms = Date.parse(day);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}

function readArea(text: string): { readonly value: unknown } | string {
  const area = parseArea(text);
  if (area === null) return 'an area such as country:NL site:hazeldonk node:e19-a';
  return namesNodesCountries(area) ? { value: area } : notANodesCountry;
}

function checked(schema: z.ZodType, expected: string): Reader {
  return (text) => {
    const outcome = schema.safeParse(text);
    return outcome.success ? { value: outcome.data } : `expected ${expected}`;
  };
}
