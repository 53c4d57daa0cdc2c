import type { Command } from 'commander';
import type { Manifest } from '../../lists/manifest.ts';
import { BuildProgress } from '../lists/build-progress.ts';
import { ListFolder } from '../lists/list-folder.ts';
import { rotateList } from '../lists/rotate-list.ts';
import { underAudit } from './list-audit.ts';
import { addPublishOptions, type PublishOptions, publishAndTell, publishingMeans } from './list-publish.ts';
import { tell } from './output.ts';

/** `anpr-central list rotate`. */
export function addRotateCommand(list: Command): void {
  const command = list
    .command('rotate <folder>')
    .description('seal a list under a new list key and publish it: keys first, so that matching has no gap');
  addPublishOptions(command).action((path: string, options: PublishOptions) =>
    underAudit(command, path, async (note) => {
      publishingMeans(options);
      const folder = new ListFolder(path);
      note('rotate', rotate(folder));
      await publishAndTell(folder, options, note);
    }),
  );
}

function rotate(folder: ListFolder): Manifest {
  const progress = new BuildProgress();
  try {
    const manifest = rotateList({
      folder,
      nowMs: Date.now(),
      onProgress: (phase, done, of) => progress.show(phase, done, of),
    });
    progress.end();
    tell(`${manifest.authority}/${manifest.list} is sealed under the list key of generation ${manifest.generation}`);
    return manifest;
  } finally {
    progress.end();
  }
}
