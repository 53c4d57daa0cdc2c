import { type Command, InvalidArgumentError } from 'commander';
import { Recognizer } from '../../recognizer/recognizer.ts';
import { ReferenceWork } from '../../recognizer/runtime/reference-work.ts';
import { textTable } from '../console/text-table.ts';
import { folderPictures, renderedPictures } from './bench/bench-pictures.ts';
import { type BenchLatencyOptions, benchLatency } from './bench/latency.ts';
import { type BenchListsOptions, benchLists } from './bench/lists.ts';
import { type Measured, measure } from './bench/measure.ts';
import { refuseUnused } from './bench/option-use.ts';
import { type BenchUplinkOptions, benchUplink } from './bench/uplink.ts';
import { shippedModels } from './models-folder.ts';
import { positiveInteger } from './positive-integer.ts';
import type { Spread } from './quantile.ts';

interface BenchOptions extends BenchListsOptions, BenchUplinkOptions, BenchLatencyOptions {
  readonly latency?: boolean;
  readonly uplink?: boolean;
  readonly lists?: boolean;
  readonly pictures?: string;
  readonly count: number;
  readonly rounds: number;
  readonly models?: string;
}

/** A delta takes one plate away and adds another, and of the first list one must be left to be met. */
const FEWEST_ENTRIES = 2;

/** `anpr-node bench`: how long each stage of reading takes on one core of this machine. */
export function addBenchCommand(program: Command): void {
  program
    .command('bench')
    .description(
      'time decoding, detecting and reading on one core of this machine; or, with --lists, black lists at scale; or, with --uplink, the way of hits; or, with --latency, all of it together',
    )
    .option('--json', 'print JSON, times in milliseconds')
    .option('--pictures <dir>', 'take these pictures instead of rendered ones of 1280 x 720')
    .option('--count <n>', 'how many pictures', positiveInteger, 24)
    .option('--rounds <n>', 'how often each picture is read', positiveInteger, 5)
    .option('--models <dir>', 'other models than those of this installation')
    .option(
      '--lists',
      'measure black lists instead, with a real Mosquitto: applying, look-ups, deltas, restart, a fleet',
    )
    .option('--entries <n>', 'with --lists: entries of the large list', wholeFrom(FEWEST_ENTRIES), 10_000_000)
    .option('--changes <n>', 'with --lists: entries of its delta', wholeFrom(FEWEST_ENTRIES), 10_000)
    .option('--fleet <n>', 'with --lists: nodes at one broker, 0 for none', wholeFrom(0), 1000)
    .option('--uplink', 'measure the way of hits to the centre instead, with a real Mosquitto')
    .option('--hits-per-second <n>', 'with --uplink: how fast hits are made', positiveInteger, 50)
    .option('--seconds <n>', 'with --uplink and --latency: for how long', positiveInteger, 20)
    .option('--backlog <n>', 'with --uplink: hits that wait when the link comes up', positiveInteger, 2000)
    .option('--latency', 'measure from a camera’s decisive frame to the centre’s receipt instead, with everything real')
    .option('--cameras <n>', 'with --latency: how many', cameraCount, 4)
    .action((options: BenchOptions, command: Command) => {
      refuseUnused(command);
      if (options.latency === true) return benchLatency(options);
      if (options.uplink === true) return benchUplink(options);
      return options.lists === true ? benchLists(options) : bench(options);
    });
}

function cameraCount(text: string): number {
  const value = Number(text);
  if (!/^\d{1,2}$/.test(text) || value < 1 || value > 16)
    throw new InvalidArgumentError('a node has from 1 to 16 cameras');
  return value;
}

function wholeFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,8}$/.test(text) || value < least || value > 20_000_000)
      throw new InvalidArgumentError(`not a whole number from ${least} to 20 million`);
    return value;
  };
}

async function bench(options: BenchOptions): Promise<void> {
  const { pictures: folder, count, rounds } = options;
  const recognizer = await Recognizer.open({ modelsFolder: options.models ?? shippedModels() });
  const reference = await ReferenceWork.open();
  const pictures = folder === undefined ? await renderedPictures(count) : await folderPictures(folder, count);
  const measured = await measure({ recognizer, reference }, pictures, rounds);
  const { detector, reader } = recognizer.cards;
  const models = { detector, reader };
  await recognizer.close();
  await reference.close();
  process.stdout.write(
    options.json === true ? `${JSON.stringify(flat(measured, models))}\n` : `${table(measured, models)}\n`,
  );
}

/** The JSON form, a public contract; null where nothing was there to be timed. */
function flat(measured: Measured, { detector, reader }: Models) {
  const { decode, detect, rectify, read, readInTurn, readAgain, total, reference } = measured;
  return {
    pictures: measured.pictures,
    plates: measured.plates,
    decodeMs: rounded(decode.median),
    decodeP95Ms: rounded(decode.p95),
    detectMs: rounded(detect.median),
    detectP95Ms: rounded(detect.p95),
    rectifyMs: roundedOrNull(rectify?.median),
    rectifyP95Ms: roundedOrNull(rectify?.p95),
    readMs: roundedOrNull(read?.median),
    readP95Ms: roundedOrNull(read?.p95),
    readInTurnMs: roundedOrNull(readInTurn?.median),
    readInTurnP95Ms: roundedOrNull(readInTurn?.p95),
    readAgainMs: roundedOrNull(readAgain?.median),
    readAgainP95Ms: roundedOrNull(readAgain?.p95),
    lookedCloser: roundedOrNull(measured.lookedCloser),
    totalMs: rounded(total.median),
    totalP95Ms: rounded(total.p95),
    detectShareOfDecode: rounded(detect.median / decode.median),
    readShareOfDecode: read === null ? null : rounded(read.median / decode.median),
    detector: sizeOf(detector),
    reader: sizeOf(reader),
    referenceMs: rounded(reference.median),
    referenceP95Ms: rounded(reference.p95),
    memoryMb: Math.round(measured.memoryMb),
  };
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function roundedOrNull(ms: number | null | undefined): number | null {
  return ms == null ? null : rounded(ms);
}

type Models = Recognizer['cards'];

function sizeOf({ parameters, multiplyAdds, precision }: Models['detector' | 'reader']) {
  return { precision, parameters: parameters ?? null, multiplyAdds: multiplyAdds ?? null };
}

function table(measured: Measured, { detector, reader }: Models): string {
  const percent = (share: number | null) => (share === null ? '-' : `${(100 * share).toFixed(0)} %`);
  const share = (stage: Spread | null) =>
    `${percent(stage === null ? null : stage.median / measured.decode.median)} of decoding`;
  const size = ({ parameters = 0, multiplyAdds = 0, precision }: Models['detector' | 'reader']) =>
    `${precision}, ${(parameters / 1e3).toFixed(0)} k parameters, ${(multiplyAdds / 1e6).toFixed(0)} M multiply-adds`;
  const ms = (time: number | undefined) => (time === undefined ? '-' : `${time.toFixed(2)} ms`);
  const row = (name: string, stage: Spread | null) => [name, ms(stage?.median), ms(stage?.p95)];
  return [
    `${measured.pictures} pictures, ${measured.plates} plates, ${Math.round(measured.memoryMb)} MB of memory`,
    ...textTable([
      ['', 'median', '95 %'],
      row('decode a picture', measured.decode),
      row('detect in a picture', measured.detect),
      row('read a plate', measured.read),
      row('  of which rectify', measured.rectify),
      row('read a plate right after its picture was searched', measured.readInTurn),
      row('read a plate again before it is reported', measured.readAgain),
      row('picture to plates', measured.total),
      row('reference work', measured.reference),
    ]),
    `detector: ${size(detector)} a picture, ${share(measured.detect)}`,
    `reader: ${size(reader)} a plate, ${share(measured.read)}; ${percent(measured.lookedCloser)} of the plates were looked at more closely first`,
  ].join('\n');
}
