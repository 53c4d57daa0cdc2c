import { isDeepStrictEqual } from 'node:util';
import type { NodeSettings } from '../../config/node-settings.ts';

/** Names of the settings that differ, as they stand in the file: the part, and what in it where that is no list. */
export function changedSettings(running: NodeSettings, read: NodeSettings): readonly string[] {
  const parts = [...new Set([...keysOf(running), ...keysOf(read)])];
  return parts.flatMap((part) => {
    const [before, after] = [partOf(running, part), partOf(read, part)];
    if (isDeepStrictEqual(before, after)) return [];
    if (!isPlain(before) || !isPlain(after)) return [part];
    return [...new Set([...keysOf(before), ...keysOf(after)])]
      .filter((key) => !isDeepStrictEqual(partOf(before, key), partOf(after, key)))
      .map((key) => `${part}.${key}`);
  });
}

function keysOf(value: object): readonly string[] {
  return Object.keys(value);
}

function partOf(value: object, key: string): unknown {
  return Object.entries(value).find(([name]) => name === key)?.[1];
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
