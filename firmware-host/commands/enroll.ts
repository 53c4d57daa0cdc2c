import type { Command } from 'commander';
import { Fault } from '../../config/foundation/fault.ts';
import { loadNodeSettings } from '../../config/load-node-settings.ts';
import type { NodePlace } from '../../sync/lists/area.ts';
import { fingerprintOf, makeNodeKey } from '../../sync/lists/sealing/node-key.ts';

interface EnrollOptions {
  readonly config?: string;
  readonly key?: string;
  readonly node?: string;
  readonly site?: string;
  readonly country?: string;
}

/** `anpr-node enroll`: makes this node's key pair and prints the public half for the centre. */
export function addEnrollCommand(program: Command): void {
  program
    .command('enroll')
    .description(
      "make this node's keys (one opens lists, one signs hits); the public halves on standard output are for the centre",
    )
    .option('--config <file>', 'node.yaml, which says which node this is and where its key belongs')
    .option('--key <file>', 'write the key pair here instead')
    .option('--node <id>', 'id of the node, where there is no node.yaml yet')
    .option('--site <name>', 'its site', '')
    .option('--country <code>', 'its country', '')
    .action(async (options: EnrollOptions) => {
      const { keyFile, place } = enrolment(options);
      const publicKey = await makeNodeKey(keyFile, place);
      process.stdout.write(`${JSON.stringify(publicKey)}\n`);
      process.stderr.write(
        `The keys of node ${place.id} are in ${keyFile}; they never leave this computer.\n` +
          `Register the line above at the centre: anpr-central fleet add FILE\n` +
          `Compare this fingerprint with the centre: ${await fingerprintOf(publicKey)}\n`,
      );
    });
}

function enrolment(options: EnrollOptions): { keyFile: string; place: NodePlace } {
  if (options.config !== undefined) {
    const { node, keys } = loadNodeSettings(options.config);
    return { keyFile: options.key ?? keys.nodeKeyFile, place: node };
  }
  if (options.key === undefined || options.node === undefined) {
    throw new Fault('enroll/incomplete', 'say which node this is: --config node.yaml, or --key FILE with --node ID');
  }
  return {
    keyFile: options.key,
    place: { id: options.node, site: options.site ?? '', country: options.country ?? '' },
  };
}
