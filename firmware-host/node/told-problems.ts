import type { LogFields } from '../../config/foundation/log.ts';
import { nodeSettingsJsonSchema } from '../../config/node-settings.ts';
import type { Problem } from '../../config/yaml/read-yaml.ts';

/** A file that is no settings file at all may have any number of problems. */
const mostProblems = 10;
const longestText = 300;

/**
 * The first problems of a settings file as the log may tell them: where, which setting, what would be right. Nothing that stands in
 * the file is told, for it may be a password in the wrong place: neither a key that is no setting nor what the reader of YAML quotes.
 */
export function toldProblems(problems: readonly Problem[]): readonly LogFields[] {
  const names = new Set(settingNames(nodeSettingsJsonSchema()));
  return problems.slice(0, mostProblems).map(({ line, column, key, message }) => ({
    line,
    column,
    key: settingOf(key, names).slice(0, longestText),
    problem: (key === '' ? ownWords(message) : message).slice(0, longestText),
  }));
}

/** Of the file as a whole our words come first, then after a colon those of whoever read it; of these a system's code is harmless. */
function ownWords(message: string): string {
  return /^[^:]*(: E[A-Z]+(?=:))?/.exec(message)?.[0] ?? '';
}

/** The beginning of a key, as far as its words are names of settings. */
function settingOf(key: string, names: ReadonlySet<string>): string {
  const parts = key.split('.');
  const foreign = parts.findIndex((part) => !names.has(part.replace(/(\[\d+\])+$/, '')));
  return parts.slice(0, foreign < 0 ? parts.length : foreign).join('.');
}

/** The names of all settings, at any depth of the schema. */
function* settingNames(schema: unknown): Generator<string> {
  if (typeof schema !== 'object' || schema === null) return;
  if ('properties' in schema) yield* Object.keys(schema.properties ?? {});
  for (const part of Object.values(schema)) yield* settingNames(part);
}
