import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Fault } from '../../../config/foundation/fault.ts';
import { problemText, readYamlFile } from '../../../config/yaml/read-yaml.ts';
import { type ListDescription, listDescriptionSchema } from '../../lists/list-description.ts';
import { type BuildOutcome, type BuildReport, buildListFolder } from '../lists/build-list-folder.ts';
import { BuildProgress } from '../lists/build-progress.ts';
import { buildReportText } from '../lists/build-report.ts';
import { nodesInside } from '../lists/key-holders.ts';
import { countriesOf, objectionsOfLaw } from '../lists/law.ts';
import { ListFolder } from '../lists/list-folder.ts';
import { readNodeKeys } from '../lists/node-keys-folder.ts';
import { grouped } from '../lists/progress.ts';
import { underAudit } from './list-audit.ts';
import { sortedElsewhere } from './list-dry-run.ts';
import { print, tell } from './output.ts';

interface BuildOptions {
  readonly description: string;
  readonly csv: string;
  readonly out: string;
  readonly nodeKeys?: string;
  readonly json?: true;
  readonly dryRun?: true;
  readonly rotateKey?: true;
  readonly revive?: true;
}

/** `anpr-central list build`. */
export function addBuildCommand(list: Command): void {
  list
    .command('build')
    .description('seal a new version of a list; where that is shorter, as its changes against the version before')
    .requiredOption('--description <file>', 'what the list is for and what it promises (YAML)')
    .requiredOption('--csv <file>', 'its entries; the first line names the columns')
    .requiredOption('--out <folder>', 'folder of this list; it keeps the list key, so guard it')
    .option(
      '--node-keys <folder>',
      "public keys of the fleet (default: where publish found them); a struck-off node's key is rotated away",
    )
    .option('--rotate-key', 'begin a new generation with a new list key')
    .option('--revive', 'build a revoked list anew, under a new list key')
    .option(
      '--dry-run',
      `check everything and leave the folder of the list alone${sortedElsewhere('; twice that where the key is new')}`,
    )
    .option('--json', 'the outcome as one JSON object')
    .action((options: BuildOptions, command: Command) =>
      underAudit(command, options.out, async (note) => {
        const outcome = await build(options);
        if (!('errors' in outcome)) note('build', outcome.manifest);
        tellOutcome(outcome, options);
      }),
    );
}

function tellOutcome(outcome: BuildOutcome, options: BuildOptions): void {
  const warnings = 'errors' in outcome ? [] : warningsOf(outcome, options);
  if (options.json) print(JSON.stringify({ ...outcome, ...('errors' in outcome ? {} : { warnings }) }));
  if ('errors' in outcome) {
    process.exitCode = 1;
    if (!options.json) tellErrors(outcome, options.csv);
  } else {
    for (const warning of warnings) tell(`warning: ${warning}`);
    if (!options.json) print(buildReportText(outcome, options.dryRun ?? false));
  }
}

async function build(options: BuildOptions): Promise<BuildOutcome> {
  const description = readDescription(options.description);
  const progress = new BuildProgress();
  const csv = await openCsv(options.csv);
  try {
    return await buildListFolder({
      description,
      csv: csv.text,
      folder: new ListFolder(options.out),
      nowMs: Date.now(),
      ...(options.nodeKeys === undefined ? {} : { nodeKeys: resolve(options.nodeKeys) }),
      rotateKey: options.rotateKey ?? false,
      revive: options.revive ?? false,
      dryRun: options.dryRun ?? false,
      onProgress: (phase, done, of) => progress.show(phase, done, of ?? Math.round(done / csv.partRead())),
    });
  } finally {
    progress.end();
  }
}

/** Said before the list goes anywhere: who would refuse it. */
function warningsOf({ manifest, actions, purposes }: BuildReport, options: BuildOptions): string[] {
  const fleet = options.nodeKeys ?? new ListFolder(options.out).keyHolders()?.nodeKeys ?? null;
  const nodes = fleet === null ? null : nodesInside(manifest.area, readNodeKeys(fleet));
  return objectionsOfLaw({ ...manifest, actions, purposes }, countriesOf(manifest.area, nodes));
}

function tellErrors(outcome: Extract<BuildOutcome, { errors: unknown }>, csv: string): void {
  for (const { line, column, message } of outcome.errors) tell(`${csv}:${line}:${column} ${message}`);
  const unsaid = outcome.errorCount - outcome.errors.length;
  if (unsaid > 0) tell(`${csv}: ${unsaid} further errors are not shown`);
  tell(`nothing was built: errors: ${grouped(outcome.errorCount)}, rows without one: ${grouped(outcome.rows)}`);
}

function readDescription(path: string): ListDescription {
  const outcome = readYamlFile(path, listDescriptionSchema);
  if (outcome.problems === null) return outcome.value;
  throw new Fault('list/bad-description', outcome.problems.map((problem) => problemText(path, problem)).join('\n'));
}

interface OpenCsv {
  readonly text: AsyncIterable<string>;
  /** From this and the rows so far follows about how many rows there are. */
  partRead(): number;
}

async function openCsv(path: string): Promise<OpenCsv> {
  try {
    const { size } = await stat(path).then((file) => (file.isFile() ? file : { size: null }));
    if (size !== null) {
      const text = createReadStream(path, 'utf8');
      return { text, partRead: () => Math.min(1, text.bytesRead / size) };
    }
  } catch (cause) {
    throw new Fault('list/unreadable-csv', `cannot read ${path}`, { cause });
  }
  throw new Fault('list/unreadable-csv', `${path} is not a file`);
}
