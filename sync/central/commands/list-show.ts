import { type Command, InvalidArgumentError } from 'commander';
import { newestVersion } from '../lists/diff-lists.ts';
import { listCard } from '../lists/list-card.ts';
import { ListFolder } from '../lists/list-folder.ts';
import { previewOf, previewsOfEntry, usualPassagesADay } from '../lists/preview.ts';
import { entryPreviewText, previewText } from '../lists/preview-text.ts';
import { print } from './output.ts';

interface ShowOptions {
  readonly json?: true;
  readonly preview?: true;
  readonly passagesADay?: number;
  readonly entry?: string;
}

/** `anpr-central list show`. */
export function addShowCommand(list: Command): void {
  list
    .command('show <folder>')
    .description('show the newest version of a list, and before it is published what it would bring')
    .option('--preview', 'also how many false hits a day it is held to at a node')
    .option('--passages-a-day <count>', `vehicles that pass the node (default: ${usualPassagesADay})`, readCount)
    .option('--entry <plate>', 'also which misreads of this entry would be accepted')
    .option('--json', 'as one JSON object')
    .action((path: string, options: ShowOptions) => {
      const folder = new ListFolder(path);
      const manifest = folder.builtManifest();
      const asked = options.preview === true || options.passagesADay !== undefined;
      const passages = options.passagesADay ?? usualPassagesADay;
      const preview = asked && manifest.state === 'active' ? previewOf(manifest, passages) : undefined;
      const entries = options.entry === undefined ? undefined : previewsOfEntry(newestVersion(folder), options.entry);
      if (options.json) {
        const published = folder.published()?.manifest.version ?? null;
        print(JSON.stringify({ ...manifest, published, preview, misreads: entries }));
      } else {
        print(listCard(folder));
        if (preview !== undefined) print(previewText(preview));
        for (const one of entries ?? []) print(entryPreviewText(one));
      }
    });
}

function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 10_000_000)
    throw new InvalidArgumentError('It is a whole number up to 10,000,000.');
  return count;
}
