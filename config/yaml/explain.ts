import type { z } from 'zod';

export interface Explanation {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** The key itself is wrong, not what it holds. */
  readonly atKey: boolean;
}

type Issue = z.core.$ZodIssue;
type JsonSchema = { readonly [key: string]: unknown };

/** Turns a schema's issue into what is wrong, and what would be right, in words for the person who edits the file. */
export function explain(issue: Issue, schema: JsonSchema, data: unknown): readonly Explanation[] {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(properties(follow(schema, issue.path, data)));
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: unknownKey(key, known), atKey: true }));
  }
  // A union's issue stands at its `kind`; what the kinds are stands one level above.
  const here = follow(schema, issue.code === 'invalid_union' ? issue.path.slice(0, -1) : issue.path, data);
  const missing = at(data, issue.path) === undefined && issue.path.length > 0;
  const about = typeof here.description === 'string' ? ` (${here.description})` : '';
  const message = missing ? `is missing; ${expectation(issue, here)}` : expectation(issue, here);
  return [{ path: issue.path, message: `${message}${about}`, atKey: false }];
}

function expectation(issue: Issue, schema: JsonSchema): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${typeText(schema, issue.expected)}`;
    case 'invalid_value':
      return `must be ${oneOf(issue.values.map(String))}`;
    case 'invalid_union':
      return kinds(schema).length > 0 ? `must be ${oneOf(kinds(schema))}` : issue.message;
    case 'too_small':
      return issue.origin === 'array' && issue.message.startsWith('needs')
        ? issue.message
        : `must be ${rangeText(schema) ?? `at least ${issue.minimum}`}`;
    case 'too_big':
      return `must be ${rangeText(schema) ?? `at most ${issue.maximum}${issue.origin === 'array' ? ' entries' : ''}`}`;
    default:
      return issue.message;
  }
}

function typeText(schema: JsonSchema, expected: string): string {
  const range = rangeText(schema);
  if (range !== null) return range;
  if (Array.isArray(schema.enum)) return oneOf(schema.enum.map(String));
  const words: Readonly<Record<string, string>> = {
    object: 'a group of keys',
    array: 'a list (lines that begin with "- ")',
    tuple: 'a pair such as [120, 340]',
    boolean: 'true or false',
    int: 'a whole number',
    number: 'a number',
    string: 'text',
  };
  return words[expected] ?? expected;
}

function rangeText(schema: JsonSchema): string | null {
  const { minimum, maximum, type } = schema;
  if (typeof minimum !== 'number' || typeof maximum !== 'number') return null;
  return `a ${type === 'integer' ? 'whole number' : 'number'} from ${minimum} to ${maximum}`;
}

function kinds(schema: JsonSchema): string[] {
  return branches(schema).flatMap((branch) => {
    const kind = properties(branch).kind;
    return kind === undefined ? [] : [String(kind.const)];
  });
}

function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function unknownKey(key: string, known: readonly string[]): string {
  const nearest = known
    .map((word) => ({ word, distance: editDistance(key.toLowerCase(), word.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  if (nearest !== undefined && nearest.distance <= Math.max(1, Math.floor(key.length / 3)))
    return `is not a setting; did you mean ${nearest.word}?`;
  return known.length === 0 ? 'is not a setting' : `is not a setting here; known are ${known.join(', ')}`;
}

/** Levenshtein; keys are short, and longer ones than 64 characters resemble nothing. */
function editDistance(a: string, b: string): number {
  if (a.length > 64) return a.length;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** The part of the schema that describes this path of the data, as far as it can be followed. */
function follow(schema: JsonSchema, path: readonly PropertyKey[], data: unknown): JsonSchema {
  let here = schema;
  let value = data;
  for (const part of path) {
    here = typeof part === 'number' ? asSchema(here.items) : (properties(branchFor(here, value))[String(part)] ?? {});
    value = at(value, [part]);
  }
  return properties(branchFor(here, value)) === properties(here) ? here : branchFor(here, value);
}

function branchFor(schema: JsonSchema, value: unknown): JsonSchema {
  const kind = at(value, ['kind']);
  return branches(schema).find((branch) => properties(branch).kind?.const === kind) ?? schema;
}

function branches(schema: JsonSchema): readonly JsonSchema[] {
  const list = schema.oneOf ?? schema.anyOf;
  return Array.isArray(list) ? list.map(asSchema) : [];
}

function properties(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return asSchema(schema.properties) as Readonly<Record<string, JsonSchema>>;
}

function asSchema(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonSchema) : {};
}

function at(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    data,
  );
}
