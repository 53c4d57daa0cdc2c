import type { Command } from 'commander';
import { signManifest } from '../../lists/manifest.ts';
import { BuildProgress } from '../lists/build-progress.ts';
import { ListFolder } from '../lists/list-folder.ts';
import { type RotateRequest, rotateList, tryRotation } from '../lists/rotate-list.ts';
import { brokerLinkOptions } from './broker-options.ts';
import { underAudit } from './list-audit.ts';
import { sortedElsewhere } from './list-dry-run.ts';
import {
  addPublishOptions,
  type PublishOptions,
  publishAndTell,
  publishingMeans,
  tellPublication,
} from './list-publish.ts';
import { tell } from './output.ts';

/** `anpr-central list rotate`. */
export function addRotateCommand(list: Command): void {
  const command = list
    .command('rotate <folder>')
    .description('seal a list under a new list key and publish it: keys first, so that matching has no gap');
  addPublishOptions(command, { tried: sortedElsewhere() }).action((path: string, options: PublishOptions) =>
    underAudit(command, path, async (note) => {
      // Sealing takes minutes, and what is sealed anew is not undone.
      brokerLinkOptions(options);
      const { signingKey } = publishingMeans(options);
      const folder = new ListFolder(path);
      if (options.dryRun) {
        const version = withProgress(folder, tryRotation);
        signManifest(version.manifest, signingKey);
        return await tellPublication(folder, options, { would: 'would seal anew and publish', version });
      }
      const manifest = withProgress(folder, rotateList);
      note('rotate', manifest);
      tell(`${manifest.authority}/${manifest.list} is sealed under the list key of generation ${manifest.generation}`);
      await publishAndTell(folder, options, note);
    }),
  );
}

function withProgress<T>(folder: ListFolder, rotate: (request: RotateRequest) => T): T {
  const progress = new BuildProgress();
  try {
    return rotate({ folder, nowMs: Date.now(), onProgress: (phase, done, of) => progress.show(phase, done, of) });
  } finally {
    progress.end();
  }
}
