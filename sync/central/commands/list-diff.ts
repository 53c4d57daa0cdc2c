import type { Command } from 'commander';
import type { ListEntry } from '../../lists/entry.ts';
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
      const show = (change: EntryChange): void =>
        print(json ? JSON.stringify(change) : [...changeLines(change)].join('\n'));
      const counts = diffOfLists(old, next, entries ? { onChange: show } : {});
      print(json ? JSON.stringify(counts) : changesText(counts));
    });
}

function* changeLines({ before, after }: EntryChange): Generator<string> {
  for (const entry of before) yield `- ${entryText(entry)}`;
  for (const entry of after) yield `+ ${entryText(entry)}`;
}

function entryText({ text, country, reference, ...rest }: ListEntry): string {
  const details = Object.entries(rest).map(([name, value]) => `${name}=${valueText(value)}`);
  return [text.padEnd(12), (country ?? '').padEnd(3), reference, ...details].join('  ');
}

function valueText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
