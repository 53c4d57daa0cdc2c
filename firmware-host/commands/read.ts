import type { Command } from 'commander';
import { Fault } from '../../config/foundation/fault.ts';
import { Recognizer } from '../../recognizer/recognizer.ts';
import { textTable } from '../console/text-table.ts';
import { shippedModels } from './models-folder.ts';
import { Annotations } from './read/annotations.ts';
import { isTooLongForRuntime, pathsFromStdin, readInShortProcess, STDIN } from './read/paths-from-stdin.ts';
import { PictureReader } from './read/picture-reader.ts';
import { type PictureSource, pictureSources } from './read/picture-sources.ts';
import { type ReadResult, readTable } from './read/read-result.ts';

interface ReadOptions {
  readonly json?: boolean;
  readonly crops?: boolean;
  readonly annotate?: string;
  readonly models?: string;
}

/** `anpr-node read`: the plates of pictures, folders of pictures and videos. */
export function addReadCommand(program: Command): void {
  program
    .command('read')
    .description('read the plates of pictures (JPEG, PNG, WebP), folders of them, and videos')
    .argument('<file|dir|video...>', 'what to read; - takes the paths from standard input, one a line')
    .option('--json', 'one JSON object a line for each picture or video frame')
    .option('--crops', 'take each picture as one plate already cut out')
    .option('--annotate <dir>', 'write the pictures there with the plates drawn on them')
    .option('--models <dir>', 'other models than those of this installation')
    .action(readAll);
}

/** A source that cannot be read costs one line on stderr and the exit code, never the sources after it. */
async function readAll(named: readonly string[], options: ReadOptions): Promise<void> {
  if (isTooLongForRuntime(named)) return await readInShortProcess(named);
  const paths = named.length === 1 && named[0] === STDIN ? await pathsFromStdin() : named;
  const recognizer = await Recognizer.open({ modelsFolder: options.models ?? shippedModels() });
  const reader = new PictureReader(recognizer, { crops: options.crops === true });
  const annotations = options.annotate === undefined ? null : new Annotations(options.annotate);
  const show = options.json === true ? showJson : showTable;
  for (const path of paths) {
    await orOneLine(path, async () => {
      for (const source of await pictureSources(path)) {
        await orOneLine(source.path, () => readOne(source, { reader, annotations, show }));
      }
    });
  }
  await recognizer.close();
}

interface Ways {
  readonly reader: PictureReader;
  readonly annotations: Annotations | null;
  readonly show: (result: ReadResult) => void;
}

async function readOne(source: PictureSource, { reader, annotations, show }: Ways): Promise<void> {
  for await (const read of reader.read(source)) {
    show(read.result);
    await annotations?.write(read);
  }
}

async function orOneLine(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    process.stderr.write(`${path}: ${error.message.replaceAll('\n', ' ')} (${error.code})\n`);
    process.exitCode = 1;
  }
}

function showJson(result: ReadResult): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

function showTable(result: ReadResult): void {
  process.stdout.write(`${textTable(readTable(result)).join('\n')}\n`);
}
