import type { Command } from 'commander';
import { streamLog } from '../../config/foundation/stream-log.ts';
import { loadNodeSettings } from '../../config/load-node-settings.ts';
import { HangUpSignal } from '../node/hang-up-signal.ts';
import { openNode } from '../node/open-node.ts';
import { stopSignal } from '../node/stop-signal.ts';

/** `anpr-node run`: the node itself, until SIGTERM or SIGINT. */
export function addRunCommand(program: Command): void {
  program
    .command('run')
    .description('run the node: read plates, match lists, send hits (until SIGTERM)')
    .requiredOption('-c, --config <file>', 'settings of the node (YAML)')
    .action(async ({ config }: { config: string }) => {
      const settings = loadNodeSettings(config);
      const log = streamLog(process.stderr);
      const hangUp = new HangUpSignal();
      const node = await openNode(settings, log, { settingsFile: config });
      hangUp.act(() => void node.takeOverSettings());
      await node.run(stopSignal());
    });
}
