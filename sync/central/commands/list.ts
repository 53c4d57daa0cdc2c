import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { Fault } from '../../../config/foundation/fault.ts';
import { problemText, readYamlFile } from '../../../config/yaml/read-yaml.ts';
import { withBroker } from '../../broker/mqtt-link.ts';
import { type ListDescription, listDescriptionSchema } from '../../lists/list-description.ts';
import { buildListFolder } from '../lists/build-list-folder.ts';
import { diffOfLists } from '../lists/diff-lists.ts';
import { listCard } from '../lists/list-card.ts';
import { ListFolder } from '../lists/list-folder.ts';
import { readNodeKeys } from '../lists/node-keys-folder.ts';
import { Progress } from '../lists/progress.ts';
import { type PublishReport, type PublishRequest, publishList, revokeList } from '../lists/publish-list.ts';
import { readSigningKey } from '../lists/signing-key.ts';
import { addBrokerOptions, type BrokerOptions, brokerLinkOptions } from './broker-options.ts';

interface BuildOptions {
  readonly description: string;
  readonly csv: string;
  readonly out: string;
  readonly json?: true;
  readonly dryRun?: true;
  readonly rotateKey?: true;
}

interface PublishOptions extends BrokerOptions {
  readonly signingKey: string;
  readonly nodeKeys: string;
  readonly again?: true;
  readonly json?: true;
}

/** `anpr-central list`: build, show, publish, compare and revoke black lists. */
export function addListCommand(program: Command): void {
  const list = program.command('list').description('build, show, publish, compare and revoke black lists');
  addBuild(list);
  list
    .command('show <folder>')
    .description('show the newest version of a list')
    .option('--json', 'as one JSON object')
    .action((path: string, { json }: { json?: true }) => {
      const folder = new ListFolder(path);
      if (json)
        print(JSON.stringify({ ...folder.builtManifest(), published: folder.published()?.manifest.version ?? null }));
      else print(listCard(folder));
    });
  list
    .command('diff <old> <new>')
    .description('compare two versions of a list of the same generation')
    .option('--json', 'as one JSON object')
    .action((old: string, next: string, { json }: { json?: true }) => {
      const diff = diffOfLists(new ListFolder(old), new ListFolder(next));
      if (json) print(JSON.stringify(diff));
      else
        print(
          `${diff.added} plates added, ${diff.removed} removed, ${diff.changed} changed, ${diff.unchanged} as before`,
        );
    });
  addPublish(list);
  addRevoke(list);
}

function addBuild(list: Command): void {
  list
    .command('build')
    .description('seal a new version of a list')
    .requiredOption('--description <file>', 'what the list is for and what it promises (YAML)')
    .requiredOption('--csv <file>', 'its entries; the first line names the columns')
    .requiredOption('--out <folder>', 'folder of this list; it keeps the list key, so guard it')
    .option('--rotate-key', 'begin a new generation with a new list key')
    .option('--dry-run', 'check everything and write nothing')
    .option('--json', 'the outcome as one JSON object')
    .action(async (options: BuildOptions) => {
      const description = readDescription(options.description);
      const progress = new Progress('entries sealed');
      const outcome = await buildListFolder({
        description,
        csv: await textOf(options.csv),
        folder: new ListFolder(options.out),
        nowMs: Date.now(),
        rotateKey: options.rotateKey ?? false,
        dryRun: options.dryRun ?? false,
        onProgress: (done) => progress.show(done),
      });
      progress.end();
      if (options.json) print(JSON.stringify(outcome));
      if ('errors' in outcome) {
        process.exitCode = 1;
        if (options.json) return;
        for (const { line, column, message } of outcome.errors) complain(`${options.csv}:${line}:${column} ${message}`);
        complain(`nothing was built: ${outcome.errorCount} errors; the other ${outcome.rows} rows are right`);
      } else if (!options.json) {
        const { manifest, rows } = outcome;
        const done = options.dryRun ? 'would build' : 'built';
        print(
          `${done} ${manifest.authority}/${manifest.list} version ${manifest.version} (generation ${manifest.generation}):`,
        );
        print(
          `${rows} rows, ${manifest.entries} sealed entries, ${manifest.snapshot.bytes} bytes, valid until ${manifest.validUntil}`,
        );
      }
    });
}

function addPublish(list: Command): void {
  const command = list
    .command('publish <folder>')
    .description('sign the newest version and bring it to the nodes through the broker')
    .requiredOption('--signing-key <file>', "the authority's signing key")
    .requiredOption('--node-keys <folder>', 'public keys of the nodes, as anpr-node enroll printed them')
    .option('--again', 'send content again that this broker was given before')
    .option('--json', 'the outcome as one JSON object');
  addBrokerOptions(command).action(async (path: string, options: PublishOptions) => {
    const nodes = readNodeKeys(options.nodeKeys);
    if (nodes.length === 0)
      throw new Fault(
        'list/no-nodes',
        `${options.nodeKeys} holds no node's key, so no node could open the list; see anpr-node enroll`,
      );
    const signingKey = readSigningKey(options.signingKey);
    const again = options.again ?? false;
    const report = await publish(new ListFolder(path), options, { signingKey, nodes, again });
    print(options.json ? JSON.stringify(report) : reportText(report));
  });
}

function addRevoke(list: Command): void {
  const command = list
    .command('revoke <folder>')
    .description('end a list: every node deletes it at once')
    .requiredOption('--signing-key <file>', "the authority's signing key")
    .requiredOption('--reason <text>', 'why, in a few words')
    .option('--json', 'the outcome as one JSON object');
  addBrokerOptions(command).action(
    async (path: string, options: BrokerOptions & { signingKey: string; reason: string; json?: true }) => {
      const folder = new ListFolder(path);
      const signingKey = readSigningKey(options.signingKey);
      // A revocation that did not reach its broker is sent again as it is.
      if (folder.builtManifest().state !== 'revoked') revokeList(folder, options.reason, Date.now());
      const report = await publish(folder, options, { signingKey, nodes: [], again: false });
      print(options.json ? JSON.stringify(report) : reportText(report));
    },
  );
}

async function publish(
  folder: ListFolder,
  options: BrokerOptions,
  what: Pick<PublishRequest, 'signingKey' | 'nodes' | 'again'>,
): Promise<PublishReport> {
  const progress = new Progress('blobs sent');
  const { broker } = options;
  try {
    return await withBroker(brokerLinkOptions(options), (link) =>
      publishList({
        folder,
        link,
        broker,
        ...what,
        nowMs: Date.now(),
        onProgress: (done, total) => progress.show(done, total),
      }),
    );
  } finally {
    progress.end();
  }
}

function reportText({ manifest, blobsSent, blobsThere, bytesSent, keysSent, erased }: PublishReport): string {
  const name = `${manifest.authority}/${manifest.list} version ${manifest.version}`;
  const what = manifest.state === 'revoked' ? `revoked ${name}` : `published ${name}`;
  return `${what}: ${blobsSent} blobs sent (${bytesSent} bytes), ${blobsThere} there already, keys for ${keysSent} nodes, ${erased} old messages erased`;
}

function readDescription(path: string): ListDescription {
  const outcome = readYamlFile(path, listDescriptionSchema);
  if (outcome.problems === null) return outcome.value;
  throw new Fault('list/bad-description', outcome.problems.map((problem) => problemText(path, problem)).join('\n'));
}

async function textOf(path: string): Promise<AsyncIterable<string>> {
  try {
    if ((await stat(path)).isFile()) return createReadStream(path, 'utf8');
  } catch (cause) {
    throw new Fault('list/unreadable-csv', `cannot read ${path}`, { cause });
  }
  throw new Fault('list/unreadable-csv', `${path} is not a file`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}
