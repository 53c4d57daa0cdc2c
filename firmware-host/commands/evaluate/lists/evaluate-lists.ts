import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { Fault } from '../../../../config/foundation/fault.ts';
import { installationRoot } from '../../../../config/foundation/installation.ts';
import { Recognizer } from '../../../../recognizer/recognizer.ts';
import { borderTraffic } from '../../../../sync/lists/traffic/plate-population.ts';
import { shippedModels } from '../../models-folder.ts';
import { positiveInteger } from '../../positive-integer.ts';
import { writeResult } from '../written-result.ts';
import { costLines, costOf, costTable } from './costliest.ts';
import { halvesOf } from './halves.ts';
import { namedAsHeld } from './held-names.ts';
import { ListMeasure } from './list-measure.ts';
import { listPlot } from './list-plot.ts';
import { listLines, listTable } from './list-report.ts';
import { recordPhotos } from './record-photos.ts';
import { recordRendered } from './record-rendered.ts';
import { recordedPassages } from './recording.ts';
import { trustedCalibration } from './trusted-calibration.ts';

/** The options of `evaluate` that matter here; those for photographs are shared with its other uses. */
export interface ListEvaluationOptions {
  readonly photos: readonly string[];
  readonly cropPhotos: readonly string[];
  /** A number here: so many rendered passages. */
  readonly rendered: readonly string[];
  readonly crops?: boolean;
  readonly split?: string;
  readonly part: string;
  readonly models?: string;
  readonly plot?: string;
  readonly json?: boolean;
  readonly lists?: boolean;
  readonly record?: string;
  readonly python: string;
  readonly jobs: number;
  readonly readings?: string;
  readonly set?: string;
  readonly draws: number;
  readonly sizes: readonly number[];
  readonly listed?: string;
  readonly budget: readonly number[];
  readonly fitMatching?: string;
  readonly matching?: string;
  readonly costliest?: number;
}

const progressEvery = 100;

/** Adds the options of `evaluate` that concern lists. */
export function addListOptions(command: Command): Command {
  return command
    .option('--lists', 'measure matching: listed plates that are reported against false hits, on recorded readings')
    .option('--readings <file>', 'recorded readings to measure on')
    .option('--set <name>', 'take only these: rendered, photographs, or a folder that was recorded')
    .option('--draws <count>', 'lists of each size that every passage is held against', positiveInteger, 100)
    .option('--sizes <list>', 'entries of the lists, such as 10000,1000000', numbers, [1e4, 1e5, 1e6, 1e7])
    .option(
      '--listed <country>',
      "lists of this country's plates alone, as a national list is; else as the traffic is mixed",
    )
    .option('--budget <list>', 'false hits per million that the lists declare: confirmed, to verify', numbers, [1, 20])
    .option(
      '--fit-matching <file>',
      'with --lists: fit on every other passage how far readings are trusted, write it here',
    )
    .option('--matching <file>', 'with --lists: what --fit-matching wrote, instead of what this installation trusts')
    .option(
      '--costliest <count>',
      'with --lists: show so many readings that cost most confirmed false hits on the largest list, instead of measuring',
      positiveInteger,
    )
    .option(
      '--record <file>',
      'record readings to measure on: of --rendered COUNT passages, --photos and --crop-photos; what the file holds already stays',
    )
    .option('--python <program>', 'the Python that renders for --record', 'python3')
    .option(
      '--jobs <count>',
      'processes that render and read for --record, each with some of the passages',
      positiveInteger,
      1,
    );
}

/** `evaluate --record`: reads once what `--lists` measures on many times. */
export async function record(file: string, options: ListEvaluationOptions): Promise<void> {
  const { photos, cropPhotos, crops = false, split, part } = options;
  const rendered = options.rendered.map(passageCount).at(-1) ?? 0;
  if (rendered === 0 && photos.length + cropPhotos.length === 0)
    throw new Fault(
      'evaluate/nothing-asked',
      '--record needs --rendered COUNT, --photos FOLDER or --crop-photos FOLDER',
    );
  const models = options.models ?? shippedModels();
  const onProgress = (done: number, of: number, set: string) => {
    if (done % progressEvery === 0 || done === of) process.stderr.write(`\r${set}: ${done} of ${of} `);
    if (done === of) process.stderr.write('\n');
  };
  if (photos.length + cropPhotos.length > 0) {
    const photographs = await namedAsHeld(file, [
      ...photos.map((folder) => ({ folder, crops, split, part })),
      ...cropPhotos.map((folder) => ({ folder, crops: true, split: undefined, part })),
    ]);
    const recognizer = await Recognizer.open({ modelsFolder: models });
    const say = (line: string) => process.stderr.write(`${line}\n`);
    try {
      for (const one of photographs) await recordPhotos({ file, recognizer, onProgress, say }, one);
    } finally {
      await recognizer.close();
    }
  }
  if (rendered === 0) return;
  const { python, jobs } = options;
  const laneFile = join(installationRoot(), 'dist', 'record-lane.js');
  await recordRendered({ file, models, python, jobs, laneFile, onProgress }, rendered);
}

/** `evaluate --lists`: fits on one half of the passages where that is asked for, and measures on the other. */
export async function evaluateLists(options: ListEvaluationOptions): Promise<void> {
  const { readings, sizes, draws, budget, listed } = options;
  if (readings === undefined)
    throw new Fault(
      'evaluate/nothing-asked',
      '--lists needs --readings FILE; make one with --record FILE --rendered 200000',
    );
  const population = borderTraffic();
  if (listed !== undefined && population.share(listed) === 0)
    throw new Fault(
      'evaluate/unknown-country',
      `--listed ${listed}: the traffic has no such country; it has ${population.countries.join(' ')}`,
    );
  const { forFit, others } = await halvesOf(recordedPassages(readings), options.set);
  if (others.length === 0) throw new Fault('evaluate/bad-readings', `${readings} holds no passages of this kind`);
  const calibration = await trustedCalibration(options, forFit);
  const [confirmed = 1, verify = 20] = budget;
  const terms = { expectedGenuinePerMillion: 10, falseHitsPerMillion: { confirmed, verify } };
  if (options.costliest !== undefined) {
    const costs = { population, calibration, terms: { ...terms, entries: Math.max(...sizes) } };
    const costly = others.flatMap((passage) => costOf(passage, costs));
    const told = options.json === true ? costLines : costTable;
    process.stdout.write(`${told(costly, others.length, options.costliest)}\n`);
    return;
  }
  const measure = new ListMeasure({ population, calibration, terms, sizes, draws, listed });
  for (const [at, passage] of others.entries()) {
    measure.add(passage);
    if (at % (10 * progressEvery) === 0) process.stderr.write(`\rmeasured ${at} of ${others.length} `);
  }
  process.stderr.write('\r');
  const figures = measure.figures();
  const told = { passages: others.length, draws, listed };
  const report = options.json === true ? listLines(figures, told) : listTable(figures, told);
  process.stdout.write(`${report}\n`);
  if (options.plot !== undefined) await writeResult(options.plot, listPlot(figures));
}

/** With --record a number of passages, where other uses of evaluate take files of crops. */
function passageCount(told: string): number {
  const count = Number(told);
  if (Number.isInteger(count) && count >= 1 && count <= 1_000_000) return count;
  throw new Fault(
    'evaluate/bad-count',
    `--record takes how many passages to render, from 1 to 1000000, and not --rendered ${told}; files of crops are for --calibration`,
  );
}

function numbers(told: string): readonly number[] {
  const values = told.split(',').map(Number);
  if (!values.every((value) => Number.isFinite(value) && value > 0))
    throw new InvalidArgumentError('not numbers above 0, divided by commas');
  return values;
}
