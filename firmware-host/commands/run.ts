import type { Command } from 'commander';
import { jsonLog } from '../../config/foundation/log.ts';
import { loadNodeSettings } from '../../config/load-node-settings.ts';
import { openNode } from '../node/open-node.ts';
import { checkSettings } from '../node/settings-check.ts';
import { stopSignal } from '../node/stop-signal.ts';

/** `anpr-node run`: the node itself, until SIGTERM or SIGINT. */
export function addRunCommand(program: Command): void {
  program
    .command('run')
    .description('run the node: read plates, match lists, send hits (until SIGTERM)')
    .requiredOption('-c, --config <file>', 'settings of the node (YAML)')
    .action(async ({ config }: { config: string }) => {
      const settings = loadNodeSettings(config);
      const log = jsonLog((line) => process.stderr.write(line));
      // A signal that ends other programs: here it must not cost a passage.
      process.on('SIGHUP', () => checkSettings(config, settings, log));
      const node = await openNode(settings, log);
      await node.run(stopSignal());
    });
}
