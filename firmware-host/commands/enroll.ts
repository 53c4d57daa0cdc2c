import type { Command } from 'commander';
import { fingerprintOf } from '../../sync/lists/sealing/node-key.ts';
import { type EnrollOptions, earlierEnrolment, makeEnrolment } from './enroll/enrolment.ts';

/** `anpr-node enroll`: makes this node's key pair and prints the public half for the centre, or prints it again. */
export function addEnrollCommand(program: Command): void {
  program
    .command('enroll')
    .description(
      "make this node's keys (one opens lists, one signs hits); the public halves on standard output are for the centre",
    )
    .option('--config <file>', 'node.yaml, which says which node this is and where its key belongs')
    .option('--key <file>', 'the file of its keys, instead of the one in node.yaml')
    .option('--node <id>', 'id of the node, where there is no node.yaml yet')
    .option('--site <name>', 'its site')
    .option('--country <code>', 'its country')
    .option('--show', 'make nothing: print the public halves of the keys that are there once more')
    .action(async ({ show = false, ...options }: EnrollOptions & { readonly show?: boolean }) => {
      const { keyFile, publicKey } = show ? await earlierEnrolment(options) : await makeEnrolment(options);
      process.stdout.write(`${JSON.stringify(publicKey)}\n`);
      process.stderr.write(
        `The keys of node ${publicKey.kid} are in ${keyFile}; they never leave this computer.\n` +
          `Register the line above at the centre: anpr-central fleet add FILE\n` +
          `Compare this fingerprint with the centre: ${await fingerprintOf(publicKey)}\n`,
      );
    });
}
