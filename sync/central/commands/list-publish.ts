import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { Fault } from '../../../config/foundation/fault.ts';
import { printableText } from '../../../config/foundation/printable.ts';
import { withBroker } from '../../broker/mqtt-link.ts';
import type { PublicNodeKey } from '../../lists/sealing/node-key.ts';
import { nodesInside } from '../lists/key-holders.ts';
import { objectionsOfLaw } from '../lists/law.ts';
import { ListFolder } from '../lists/list-folder.ts';
import { readNodeKeys } from '../lists/node-keys-folder.ts';
import { grouped, Progress } from '../lists/progress.ts';
import { type PublishReport, type PublishRequest, publishList, revokeList } from '../lists/publish-list.ts';
import { readSigningKey } from '../lists/signing-key.ts';
import { addBrokerOptions, type BrokerOptions, brokerLinkOptions } from './broker-options.ts';
import { type NoteChange, underAudit } from './list-audit.ts';
import { print, tell } from './output.ts';

/** What brings a list to nodes: where, signed by whom, for whom. */
export interface PublishOptions extends BrokerOptions {
  readonly signingKey: string;
  readonly nodeKeys: string;
  readonly again?: true;
  readonly json?: true;
}

/** `anpr-central list publish`. */
export function addPublishCommand(list: Command): void {
  const command = list
    .command('publish <folder>')
    .description('sign the newest version and bring it to the nodes through the broker')
    .option('--again', 'send content again that this broker was given before');
  addPublishOptions(command).action((path: string, options: PublishOptions) =>
    underAudit(command, path, (note) => publishAndTell(new ListFolder(path), options, note)),
  );
}

/** `anpr-central list revoke`. */
export function addRevokeCommand(list: Command): void {
  const command = list
    .command('revoke <folder>')
    .description('end a list: every node deletes it at once')
    .requiredOption('--signing-key <file>', "the authority's signing key")
    .requiredOption('--reason <text>', 'why, in a few words', reasonWords)
    .option('--json', 'the outcome as one JSON object');
  addBrokerOptions(command).action(
    (path: string, options: BrokerOptions & { signingKey: string; reason: string; json?: true }) =>
      underAudit(command, path, async (note) => {
        const folder = new ListFolder(path);
        const signingKey = readSigningKey(options.signingKey);
        const before = folder.builtManifest();
        // A revocation that did not reach its broker is sent again as it is.
        if (before.state !== 'revoked') note('revoke', revokeList(folder, options.reason, Date.now()));
        else tell(`it was revoked on ${before.issued.slice(0, 10)} (${before.reason}), and that is sent again`);
        const report = await publish(folder, options, { signingKey, nodes: [], again: false, note });
        print(options.json ? JSON.stringify(report) : reportText(report));
      }),
  );
}

/** A manifest with any other could not be read again. */
function reasonWords(text: string): string {
  if (text.trim() === '' || text.length > 200 || !printableText.test(text))
    throw new InvalidArgumentError('one line of 1 to 200 characters');
  return text;
}

export function addPublishOptions(command: Command): Command {
  return addBrokerOptions(
    command
      .requiredOption('--signing-key <file>', "the authority's signing key")
      .requiredOption('--node-keys <folder>', 'public keys of the nodes, as anpr-node enroll printed them')
      .option('--json', 'the outcome as one JSON object'),
  );
}

/** Publishes, and says what happened and what the officer should know of it. */
export async function publishAndTell(folder: ListFolder, options: PublishOptions, note: NoteChange): Promise<void> {
  const { nodes, signingKey } = publishingMeans(options);
  for (const warning of warningsOf(folder, nodes)) tell(`warning: ${warning}`);
  const nodeKeys = resolve(options.nodeKeys);
  const report = await publish(folder, options, { signingKey, nodes, nodeKeys, again: options.again ?? false, note });
  for (const node of report.keyHeldBy)
    tell(`warning: ${node} still holds the key of this version; build the list again, which rotates the key`);
  print(options.json ? JSON.stringify(report) : reportText(report));
}

/** Reads both keys, so that what is wrong with them is said before anything is built or sent. */
export function publishingMeans({ nodeKeys, signingKey }: Pick<PublishOptions, 'nodeKeys' | 'signingKey'>) {
  const nodes = readNodeKeys(nodeKeys);
  if (nodes.length === 0)
    throw new Fault(
      'list/no-nodes',
      `${nodeKeys} holds no node's key, so no node could open the list; see anpr-node enroll`,
    );
  return { nodes, signingKey: readSigningKey(signingKey) };
}

function warningsOf(folder: ListFolder, nodes: readonly PublicNodeKey[]): string[] {
  const manifest = folder.builtManifest();
  if (manifest.state === 'revoked') return [];
  const inside = nodesInside(manifest.area, nodes);
  const nobody = inside.length === 0 ? ['no node of this fleet is inside the area of this list'] : [];
  const list = { ...manifest, actions: [manifest.action] };
  return [
    ...nobody,
    ...objectionsOfLaw(
      list,
      inside.map(({ country }) => country),
    ),
  ];
}

async function publish(
  folder: ListFolder,
  options: BrokerOptions,
  {
    note,
    ...what
  }: Pick<PublishRequest, 'signingKey' | 'nodes' | 'nodeKeys' | 'again'> & { readonly note: NoteChange },
): Promise<PublishReport> {
  const progress = new Progress('blobs sent');
  const { broker } = options;
  const before = traceOf(folder, broker);
  try {
    const report = await withBroker(brokerLinkOptions(options), (link) =>
      publishList({
        folder,
        link,
        broker,
        ...what,
        nowMs: Date.now(),
        onProgress: (done, total) => progress.show(done, total),
      }),
    );
    note('publish', report.manifest);
    return report;
  } catch (error) {
    // What was sent before it broke off is with the nodes.
    if (traceOf(folder, broker) !== before)
      note('publish', folder.builtManifest(), { failed: error instanceof Fault ? error.code : 'unexpected' });
    throw error;
  } finally {
    progress.end();
  }
}

/** Changes with whatever may have gone to a broker. */
function traceOf(folder: ListFolder, broker: string): string {
  return JSON.stringify([folder.retainedAt(broker), folder.published()?.bytes.toString('base64') ?? null]);
}

function reportText({ manifest, blobsSent, blobsThere, bytesSent, keysSent, erased }: PublishReport): string {
  const name = `${manifest.authority}/${manifest.list} version ${manifest.version}`;
  const what = manifest.state === 'revoked' ? `revoked ${name}` : `published ${name}`;
  return `${what}: ${blobsSent} blobs sent (${grouped(bytesSent)} bytes), ${blobsThere} there already, keys for ${keysSent} nodes, ${erased} old messages erased`;
}
