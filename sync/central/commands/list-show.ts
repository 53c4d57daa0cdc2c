import type { Command } from 'commander';
import { listCard } from '../lists/list-card.ts';
import { ListFolder } from '../lists/list-folder.ts';
import { print } from './output.ts';

/** `anpr-central list show`. */
export function addShowCommand(list: Command): void {
  list
    .command('show <folder>')
    .description('show the newest version of a list')
    .option('--json', 'as one JSON object')
    .action((path: string, { json }: { json?: true }) => {
      const folder = new ListFolder(path);
      if (json)
        print(JSON.stringify({ ...folder.builtManifest(), published: folder.published()?.manifest.version ?? null }));
      else print(listCard(folder));
    });
}
