import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { Fault } from '../../../config/foundation/fault.ts';
import { contractFiles } from '../../wire/contract-files.ts';
import { print } from './output.ts';

/** `anpr-central contract`: what stands on the wire, for whoever writes another consumer of hits. */
export function addContractCommand(program: Command): void {
  program
    .command('contract')
    .description('write the contract of the wire: an AsyncAPI 3 document and JSON Schemas')
    .requiredOption('--out <folder>', 'folder for the files; those of the same name are replaced')
    .action(({ out }: { out: string }) => {
      for (const [name, text] of contractFiles()) {
        const file = join(out, name);
        try {
          mkdirSync(dirname(file), { recursive: true });
          writeFileSync(file, text);
        } catch (cause) {
          throw new Fault('contract/not-written', `cannot write ${file}`, { cause });
        }
        print(file);
      }
    });
}
