import type { Command } from 'commander';
import { withBroker } from '../../broker/with-broker.ts';
import { fingerprintOf } from '../../lists/sealing/node-key.ts';
import { FleetBoard } from '../fleet/fleet-board.ts';
import { FleetPrinter } from '../fleet/fleet-printer.ts';
import { fleetTable } from '../fleet/fleet-table.ts';
import { followFleet } from '../fleet/follow-fleet.ts';
import { gatherRetained } from '../fleet/gather-retained.ts';
import { publicationTimes } from '../fleet/publication-times.ts';
import { enlist, eraseNodeAt, strikeOff } from '../fleet/strike-off.ts';
import { readNodeKeys } from '../lists/node-keys-folder.ts';
import { addBrokerOptions, type BrokerOptions, brokerLinkOptions } from './broker-options.ts';
import { print, tell } from './output.ts';

interface ShowOptions extends BrokerOptions {
  readonly nodeKeys?: string;
  readonly lists?: readonly string[];
  readonly watch?: true;
  readonly json?: true;
}

/** `anpr-central fleet`: which node holds which version of which list, and who belongs to the fleet. */
export function addFleetCommand(program: Command): void {
  const fleet = program
    .command('fleet')
    .description('the nodes: what each holds and how late, and who belongs to them');
  addShow(fleet);
  addAdd(fleet);
  addRemove(fleet);
  addKeys(fleet);
}

function addShow(fleet: Command): void {
  const command = fleet
    .command('show', { isDefault: true })
    .description('which node holds which version of which list, and how late (the default)')
    .option('--node-keys <folder>', 'public keys of the fleet: shows who has never spoken, and who is none of it')
    .option(
      '--lists <folder...>',
      'folders of lists at this centre: they know when a version first reached this broker, by the same --broker, if it was published from there; otherwise lateness counts from when it was built, and is an upper bound',
    )
    .option('--watch', 'go on showing until stopped')
    .option('--json', 'one JSON object a line for each node; with --watch whenever one changed');
  addBrokerOptions(command).action(async (options: ShowOptions) => {
    const keys = options.nodeKeys === undefined ? null : readNodeKeys(options.nodeKeys);
    const board = new FleetBoard(keys, publicationTimes(options.lists ?? [], options.broker));
    await withBroker(brokerLinkOptions(options), async (link) => {
      await gatherRetained(link, FleetBoard.filters, (message) => board.take(message));
      if (board.manifests === 0)
        tell(
          `warning: ${options.broker} gave no manifest of any list: none is published there, or its rules do not let this client read them (those that come with the product let the client named fleet)`,
        );
      if (!options.watch) return showOnce(board, options.json ?? false);
      const screen = process.stdout.isTTY && !options.json;
      const printer = new FleetPrinter({
        board,
        write: (text) => process.stdout.write(text),
        form: options.json ? 'json' : screen ? 'table' : 'lines',
        rows: process.stdout.rows || 24,
      });
      if (screen) process.stdout.write('\x1b[2J');
      printer.show();
      await followFleet({ link, board }, () => printer.show(), stopOnSignals());
    });
  });
}

function addAdd(fleet: Command): void {
  fleet
    .command('add <file>')
    .description('take a node into the fleet: its public key, as anpr-node enroll printed it')
    .option('--node-keys <folder>', 'public keys of the fleet', 'node-keys')
    .action(async (file: string, { nodeKeys }: { nodeKeys: string }) => {
      const key = enlist(nodeKeys, file);
      print(
        `${key.kid} is of the fleet now, with the key ${await fingerprintOf(key)}; compare that with what the node shows`,
      );
      tell('it gets the keys of its lists when these are published next');
    });
}

function addRemove(fleet: Command): void {
  const command = fleet
    .command('remove <node>')
    .description(
      'strike a node off: it gets no further key, and the next build of each list that it held rotates the list key',
    )
    .option('--node-keys <folder>', 'public keys of the fleet', 'node-keys');
  addBrokerOptions(command, { required: false }).action(
    async (node: string, options: Partial<BrokerOptions> & { nodeKeys: string }) => {
      const key = strikeOff(options.nodeKeys, node, Date.now());
      if (key === null) print(`${node} was struck off before`);
      else print(`${node} is struck off; its key ${await fingerprintOf(key)} stays out of the fleet`);
      const { broker } = options;
      if (broker === undefined)
        tell('what the broker retains for it goes when its lists are published next; --broker erases it now');
      else {
        const erased = await withBroker(brokerLinkOptions({ ...options, broker }), (link) => eraseNodeAt(link, node));
        print(`${erased} messages for it and of it erased at ${broker}`);
      }
      tell('it still holds the keys that it was sent: build and publish its lists now, which rotates them');
    },
  );
}

function addKeys(fleet: Command): void {
  fleet
    .command('keys')
    .description(
      'the public keys with which the hits of the fleet are verified, as a JWK Set for recipients and programs',
    )
    .option('--node-keys <folder>', 'public keys of the fleet', 'node-keys')
    .action(({ nodeKeys }: { nodeKeys: string }) => {
      const keys = readNodeKeys(nodeKeys).flatMap(({ signing }) => signing ?? []);
      print(JSON.stringify({ keys }, null, 2));
    });
}

function showOnce(board: FleetBoard, json: boolean): void {
  const nodes = board.nodes(Date.now());
  if (json) for (const node of nodes) print(JSON.stringify(node));
  else print(fleetTable(nodes, board.manifests));
}

function stopOnSignals(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  return stop.signal;
}
