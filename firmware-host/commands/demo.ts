import { join } from 'node:path';
import type { Command } from 'commander';
import { silentLog } from '../../config/foundation/log.ts';
import { streamLog } from '../../config/foundation/stream-log.ts';
import { promiseKept } from '../demo/demo-display.ts';
import { runDemo } from '../demo/run-demo.ts';
import { stopSignal } from '../node/stop-signal.ts';
import { positiveInteger } from './positive-integer.ts';

interface DemoCommandOptions {
  readonly seconds: number;
  readonly pictures?: string;
  readonly web?: true;
  readonly verbose?: true;
}

/** `anpr-node demo`: the whole line on one machine, from a rendered motorway to a centre in this terminal. */
export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('watch the whole line work: a rendered motorway, a node, a broker and a centre in this terminal')
    .option('--seconds <n>', 'length of the day scene and of the night scene', positiveInteger, 20)
    .option('--pictures <folder>', "keep the hits' pictures here", join('.demo', 'pictures'))
    .option('--web', "also serve the officers' page, and keep it until Ctrl+C")
    .option('--verbose', "also print the node's log on standard error")
    .action(async ({ seconds, pictures, web, verbose }: DemoCommandOptions) => {
      const result = await runDemo(
        {
          acts: [
            { scene: 'day', seconds },
            { scene: 'night', seconds },
          ],
          terminal: process.stdout,
          environment: process.env,
          picturesFolder: pictures ?? null,
          web: web ?? false,
          log: verbose ? streamLog(process.stderr) : silentLog,
        },
        stopSignal(),
      );
      if (!promiseKept(result)) process.exitCode = 1;
    });
}
