import type { Command } from 'commander';
import { consoleSocketPath } from '../../config/load-node-settings.ts';
import { loadSettingsOutsideService } from '../../config/settings-outside-service.ts';
import { attach } from '../console/attach.ts';

/** `anpr-node console`: the technician's console of the node on this machine, in this terminal. */
export function addConsoleCommand(program: Command): void {
  program
    .command('console')
    .description('open the console of the node on this machine (leave with exit or Ctrl-])')
    .option('-s, --socket <path>', 'socket of the console')
    .option('-c, --config <file>', 'settings of the node, which say where the socket is', '/etc/anpr-node/node.yaml')
    .action(async ({ socket, config }: { socket?: string; config: string }) => {
      await attach(socket ?? consoleSocketPath(loadSettingsOutsideService(config)), {
        input: process.stdin,
        output: process.stdout,
      });
    });
}
