import type { Command } from 'commander';
import type { ListEntry } from '../../lists/entry.ts';
import { unknownCharacter } from '../../lists/wildcards.ts';
import { changesText } from '../lists/build-report.ts';
import { diffOfLists, type EntryChange, newestVersion, publishedVersion } from '../lists/diff-lists.ts';
import { ListFolder } from '../lists/list-folder.ts';
import { print } from './output.ts';

interface DiffCommandOptions {
  readonly entries?: true;
  readonly json?: true;
}

/** `anpr-central list diff`. */
export function addDiffCommand(list: Command): void {
  list
    .command('diff <folder> [newer]')
    .description('compare two versions of a list: of two folders, or in one folder the newest with what was published')
    .option('--entries', 'also the entries that differ, in clear: for the eyes of the list owner')
    .option('--json', 'one JSON object; with --entries one a line, the counts last')
    .action((path: string, newer: string | undefined, { entries, json }: DiffCommandOptions) => {
      const folder = new ListFolder(path);
      const [old, next] =
        newer === undefined
          ? [publishedVersion(folder), newestVersion(folder)]
          : [newestVersion(folder), newestVersion(new ListFolder(newer))];
      const lines = new ChangeLines();
      const show = (change: EntryChange): void => {
        if (json) print(JSON.stringify(change));
        else for (const line of lines.of(change)) print(line);
      };
      const counts = diffOfLists(old, next, entries ? { onChange: show } : {});
      print(json ? JSON.stringify(counts) : changesText(counts));
    });
}

/** What differs, line by line; an entry with unknown characters stands for many plates and is named once. */
class ChangeLines {
  readonly #named = new Set<string>();

  *of({ before, after }: EntryChange): Generator<string> {
    const [was, is] = [before, after].map((entries) => entries.map(entryText));
    for (const text of was ?? []) if (!is?.includes(text)) yield* this.#once(`- ${text}`);
    for (const text of is ?? []) if (!was?.includes(text)) yield* this.#once(`+ ${text}`);
  }

  *#once(line: string): Generator<string> {
    if (this.#named.has(line)) return;
    if (line.includes(unknownCharacter)) this.#named.add(line);
    yield line;
  }
}

function entryText({ text, country, reference, ...rest }: ListEntry): string {
  const details = Object.entries(rest).map(([name, value]) => `${name}=${valueText(value)}`);
  return [text.padEnd(12), (country ?? '').padEnd(3), reference, ...details].join('  ');
}

function valueText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
