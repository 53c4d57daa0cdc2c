import { readFileSync, statSync } from 'node:fs';
import { isMap, isNode, LineCounter, type Node, parseDocument } from 'yaml';
import { z } from 'zod';
import { explain } from './explain.ts';

/** One thing that is wrong in a file: where, which key, and what would be right. */
export interface Problem {
  /** From 1; null when the file could not be read at all. */
  readonly line: number | null;
  readonly column: number | null;
  /** Such as `cameras[0].source.url`; empty for the file as a whole. */
  readonly key: string;
  readonly message: string;
}

export type YamlOutcome<T> =
  | { readonly value: T; readonly problems: null }
  | { readonly value: null; readonly problems: readonly Problem[] };

const largestFileBytes = 1024 * 1024;

/** Reads a YAML file through a schema. What is wrong with it is an ordinary outcome: all problems at once, in the file's order. */
export function readYamlFile<T>(path: string, schema: z.ZodType<T>): YamlOutcome<T> {
  let text: string;
  try {
    const status = statSync(path);
    if (!status.isFile()) return whole('is not a file');
    if (status.size > largestFileBytes) return whole(`is larger than ${largestFileBytes} bytes`);
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    return whole(`cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  return parseYaml(text, schema);
}

/** As readYamlFile, for text at hand. */
export function parseYaml<T>(text: string, schema: z.ZodType<T>): YamlOutcome<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const at = (offset: number, key: string, message: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col, key, message };
  };
  if (document.errors.length > 0)
    return {
      value: null,
      problems: document.errors.map((error) => at(error.pos[0], '', `not YAML: ${error.message}`)),
    };

  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    return whole(`is refused: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  if (data === null || data === undefined) return whole('is empty');
  const parsed = schema.safeParse(data, { reportInput: true });
  if (parsed.success) return { value: parsed.data, problems: null };

  const jsonSchema = z.toJSONSchema(schema, { io: 'input' });
  const problems = parsed.error.issues.flatMap((issue) =>
    explain(issue, jsonSchema, data).map(({ path, message, atKey }) =>
      at(offsetOf(document.contents, path, atKey), keyText(path), message),
    ),
  );
  return { value: null, problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}

/** `file:line:column key message`, as compilers say it, so that editors can jump there. */
export function problemText(file: string, problem: Problem): string {
  const place = problem.line === null ? file : `${file}:${problem.line}:${problem.column}`;
  return `${place} ${problem.key === '' ? '' : `${problem.key} `}${problem.message}`;
}

function whole(message: string): { readonly value: null; readonly problems: readonly Problem[] } {
  return { value: null, problems: [{ line: null, column: null, key: '', message }] };
}

function keyText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

/** Where the key or its value stands; for what is missing, the nearest thing around it that is there. */
function offsetOf(root: Node | null, path: readonly PropertyKey[], atKey: boolean): number {
  let node: Node | null = root;
  let offset = node?.range?.[0] ?? 0;
  for (const [depth, part] of path.entries()) {
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => isNode(item.key) && String(item.key) === String(part));
      if (pair === undefined) return offset;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      if (atKey && depth === path.length - 1) return offset;
      next = pair.value;
    } else if (node !== null && 'get' in node && typeof part === 'number') {
      next = (node as { get(key: number, keepScalar: true): unknown }).get(part, true);
    }
    if (!isNode(next)) return offset;
    node = next;
    offset = node.range?.[0] ?? offset;
  }
  return offset;
}
