import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Fault } from '../../../config/foundation/fault.ts';
import { withBroker } from '../../broker/with-broker.ts';
import type { Manifest } from '../../lists/manifest.ts';
import type { PublicNodeKey } from '../../lists/sealing/node-key.ts';
import { nodesInside } from '../lists/key-holders.ts';
import { objectionsOfLaw } from '../lists/law.ts';
import { ListFolder } from '../lists/list-folder.ts';
import { readNodeKeys } from '../lists/node-keys-folder.ts';
import { grouped, Progress } from '../lists/progress.ts';
import { type PlannedVersion, planPublication } from '../lists/publication-plan.ts';
import { type PublishReport, type PublishRequest, publishList, signedManifest } from '../lists/publish-list.ts';
import { readSigningKey } from '../lists/signing-key.ts';
import { addBrokerOptions, type BrokerOptions, brokerLinkOptions } from './broker-options.ts';
import { type NoteChange, underAudit } from './list-audit.ts';
import { addDryRunOption, tellPlan } from './list-dry-run.ts';
import { print, tell } from './output.ts';

/** What brings a list to nodes: where, signed by whom, for whom. */
export interface PublishOptions extends BrokerOptions {
  readonly signingKey: string;
  readonly nodeKeys: string;
  readonly again?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

/** `anpr-central list publish`. */
export function addPublishCommand(list: Command): void {
  const command = list
    .command('publish <folder>')
    .description('sign the newest version and bring it to the nodes through the broker')
    .option('--again', 'send content again that this broker was given before');
  addPublishOptions(command).action((path: string, options: PublishOptions) =>
    underAudit(command, path, async (note) => {
      const folder = new ListFolder(path);
      if (!options.dryRun) return await publishAndTell(folder, options, note);
      await tellPublication(folder, options, { would: 'would publish', version: newestToPublish(folder, options) });
    }),
  );
}

/** Gives a command what brings a list to nodes, or shows beforehand what that would do; `tried` says what else a trial takes. */
export function addPublishOptions(command: Command, { tried = '' } = {}): Command {
  return addBrokerOptions(
    addDryRunOption(command, tried)
      .requiredOption('--signing-key <file>', "the authority's signing key")
      .requiredOption('--node-keys <folder>', 'public keys of the nodes, as anpr-node enroll printed them')
      .option('--json', 'the outcome as one JSON object'),
  );
}

/** Publishes, and says what happened and what the officer should know of it. */
export async function publishAndTell(folder: ListFolder, options: PublishOptions, note: NoteChange): Promise<void> {
  const { nodes, signingKey } = publishingMeans(options);
  for (const warning of warningsOf(folder.builtManifest(), nodes)) tell(`warning: ${warning}`);
  const nodeKeys = resolve(options.nodeKeys);
  const report = await publish(folder, options, { signingKey, nodes, nodeKeys, again: options.again ?? false, note });
  for (const warning of keyWarnings(report)) tell(`warning: ${warning}`);
  print(options.json ? JSON.stringify(report) : reportText(report));
}

/** Says what `publishAndTell` would do with a version, which may be one that was only tried too. */
export async function tellPublication(
  folder: ListFolder,
  options: PublishOptions,
  { would, version }: { readonly would: string; readonly version: PlannedVersion },
): Promise<void> {
  brokerLinkOptions(options);
  const { nodes } = publishingMeans(options);
  const { broker, again = false } = options;
  const plan = await planPublication({ folder, broker, nodes, again }, version);
  const warnings = [...warningsOf(version.manifest, nodes), ...keyWarnings(plan)];
  tellPlan({ would, plan, warnings, json: options.json });
}

/** The newest version, signed for the trial as it would be: what could not be published is said now. */
function newestToPublish(folder: ListFolder, options: PublishOptions): PlannedVersion {
  const { signingKey } = publishingMeans(options);
  const { manifest } = signedManifest({ folder, signingKey, nowMs: Date.now() });
  if (manifest.state === 'active') folder.listKey();
  return { manifest, blobs: folder.blobsOf(manifest), bytesOf: (sha256) => folder.blob(sha256).length };
}

function keyWarnings({ keyHeldBy }: Pick<PublishReport, 'keyHeldBy'>): string[] {
  return keyHeldBy.map(
    (node) => `${node} still holds the key of this version; build the list again, which rotates the key`,
  );
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

function warningsOf(manifest: Manifest, nodes: readonly PublicNodeKey[]): string[] {
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

/** Publishes to the broker of the options, with progress, and notes what may have gone there. */
export async function publish(
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

/** What an officer reads after a publication. */
export function reportText({ manifest, blobsSent, blobsThere, bytesSent, keysSent, erased }: PublishReport): string {
  const name = `${manifest.authority}/${manifest.list} version ${manifest.version}`;
  const what = manifest.state === 'revoked' ? `revoked ${name}` : `published ${name}`;
  return `${what}: ${blobsSent} blobs sent (${grouped(bytesSent)} bytes), ${blobsThere} there already, keys for ${keysSent} nodes, ${erased} old messages erased`;
}
