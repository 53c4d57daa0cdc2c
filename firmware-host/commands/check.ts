import { type Command, InvalidArgumentError } from 'commander';
import { Fault } from '../../config/foundation/fault.ts';
import { nodeSettingsJsonSchema } from '../../config/node-settings.ts';
import { checkNode } from '../check/check-node.ts';
import type { Finding } from '../check/finding.ts';

interface CheckCommandOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly schema?: boolean;
  readonly deadline: number;
}

/** `anpr-node check`: one line for each thing the node needs; exit code 1 when one of them fails. */
export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .description('test settings, keys, models, clock, broker and cameras, and say what to do')
    .option('-c, --config <file>', 'settings of the node (YAML)')
    .option('--json', 'one JSON object a line')
    .option('--deadline <seconds>', 'how long each camera and the broker may take', seconds, 15)
    .option('--schema', 'print the JSON Schema of the settings, for editors, and check nothing')
    .action(async ({ config, json = false, schema = false, deadline }: CheckCommandOptions) => {
      if (schema) {
        process.stdout.write(`${JSON.stringify(nodeSettingsJsonSchema(), null, 2)}\n`);
        return;
      }
      if (config === undefined) throw new Fault('check/no-config', 'say which settings to check: --config node.yaml');
      const deadlineMs = deadline * 1000;
      let failures = 0;
      let warnings = 0;
      for await (const finding of checkNode(config, { cameraDeadlineMs: deadlineMs, brokerDeadlineMs: deadlineMs })) {
        if (finding.level === 'fail') failures += 1;
        if (finding.level === 'warn') warnings += 1;
        process.stdout.write(json ? `${JSON.stringify(finding)}\n` : findingText(finding));
      }
      if (!json) process.stdout.write(`${summary(failures, warnings)}\n`);
      if (failures > 0) process.exitCode = 1;
    });
}

function findingText({ item, level, found, advice }: Finding): string {
  const todo = advice === '' ? '' : `\n${' '.repeat(26)}-> ${advice}`;
  return `${level.padEnd(4)}  ${item.padEnd(18)}  ${found}${todo}\n`;
}

function summary(failures: number, warnings: number): string {
  if (failures > 0) return `Not ready: ${failures} to repair, ${warnings} to look at.`;
  return warnings > 0 ? `Ready, with ${warnings} to look at.` : 'Ready.';
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 600)) throw new InvalidArgumentError('must be a number of seconds up to 600');
  return value;
}
