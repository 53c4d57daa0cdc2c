import { join } from 'node:path';
import type { Command } from 'commander';
import { Fault } from '../../config/foundation/fault.ts';
import { Recognizer } from '../../recognizer/recognizer.ts';
import { evaluateCalibration } from './evaluate/calibration-command.ts';
import type { Evaluation } from './evaluate/evaluation.ts';
import { evaluationJson, evaluationTable } from './evaluate/evaluation-report.ts';
import { failureSheet, TILES_A_SHEET } from './evaluate/failure-sheet.ts';
import { filesOfPart, type LabelledPicture, labelledPictures, signedAsRead, signsOf } from './evaluate/labels.ts';
import { addListOptions, evaluateLists, type ListEvaluationOptions, record } from './evaluate/lists/evaluate-lists.ts';
import { refuseUnused } from './evaluate/option-use.ts';
import { evaluateRobustness } from './evaluate/robustness.ts';
import { scorePhotographs } from './evaluate/scored-photographs.ts';
import { writeResult } from './evaluate/written-result.ts';
import { shippedModels } from './models-folder.ts';

interface EvaluateOptions extends ListEvaluationOptions {
  readonly photos: readonly string[];
  readonly cropPhotos: readonly string[];
  readonly rendered: readonly string[];
  readonly calibration?: boolean;
  readonly fit?: boolean;
  readonly robustness?: string;
  readonly plot?: string;
  readonly crops?: boolean;
  readonly json?: boolean;
  readonly failures?: string;
  readonly split?: string;
  readonly signs?: string;
  readonly part: string;
  readonly models?: string;
}

/** `anpr-node evaluate`: how well labelled photographs are read. */
export function addEvaluateCommand(program: Command): void {
  const command = program
    .command('evaluate')
    .description('score the reading of labelled photographs, or matching against lists (--lists)')
    .option(
      '--photos <dir>',
      'folder with labels.tsv and its pictures; without labels.tsv nothing must be found (may be repeated)',
      collected,
      [],
    )
    .option('--crops', 'the pictures are plates already cut out')
    .option('--json', 'print JSON')
    .option('--failures <dir>', 'write contact sheets of what was not read exactly')
    .option('--split <file>', 'take only the pictures that this file (name, tab, part) gives to a part')
    .option('--part <name>', 'the part to take from the split', 'val')
    .option(
      '--signs <file>',
      'score the country only where this file (name, tab, letters) has the sign as it was read by eye',
    )
    .option('--calibration', 'how far the probabilities can be trusted, instead of what was read')
    .option(
      '--crop-photos <dir>',
      'with --calibration: a folder of plates already cut out (may be repeated)',
      collected,
      [],
    )
    .option('--rendered <file>', 'with --calibration: crops of training/robustness.py (may be repeated)', collected, [])
    .option('--fit', 'with --calibration: find the best temperature of the reader')
    .option('--robustness <dir>', 'exact reads against size, blur, tilt ...: curves of training/robustness.py')
    .option('--plot <path>', 'with --calibration: an SVG file to write; with --robustness: a folder of them')
    .option('--models <dir>', 'other models than those of this installation')
    .action(evaluate);
  addListOptions(command);
}

function collected(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

async function evaluate(options: EvaluateOptions, command: Command): Promise<void> {
  refuseUnused(command);
  if (options.record !== undefined) return await record(options.record, options);
  if (options.lists === true) return await evaluateLists(options);
  const { photos, cropPhotos, rendered, plot } = options;
  const models = options.models ?? shippedModels();
  const json = options.json === true;
  const drawn = plot === undefined ? {} : { plot };
  if (options.robustness !== undefined)
    return await evaluateRobustness({ models, folder: options.robustness, json, ...drawn });
  if (options.calibration === true) {
    const cut = options.crops === true;
    const crops = cut ? [...photos, ...cropPhotos] : cropPhotos;
    const fit = options.fit === true;
    return await evaluateCalibration({ models, photos: cut ? [] : photos, crops, rendered, fit, json, ...drawn });
  }
  const pictures = await picturesOf(options);
  const recognizer = await Recognizer.open({ modelsFolder: models });
  const complain = (line: string) => process.stderr.write(`${line}\n`);
  const evaluation = await scorePhotographs(pictures, { recognizer, crops: options.crops === true, complain });
  await recognizer.close();
  const report = json ? JSON.stringify(evaluationJson(evaluation)) : evaluationTable(evaluation);
  process.stdout.write(`${report}\n`);
  if (evaluation.leftOut > 0) process.exitCode = 1;
  if (options.failures !== undefined) await writeSheets(options.failures, evaluation);
}

async function picturesOf(options: EvaluateOptions): Promise<readonly LabelledPicture[]> {
  const { photos, split, part, signs } = options;
  if (photos.length === 0) throw new Fault('evaluate/no-pictures', 'say which photographs: --photos <dir>');
  const all = (await Promise.all(photos.map(labelledPictures))).flat();
  const signed = signs === undefined ? all : signedAsRead(all, await signsOf(signs));
  if (split === undefined) return signed;
  const files = await filesOfPart(split, part);
  return signed.filter(({ file }) => files.has(file));
}

async function writeSheets(folder: string, { failures }: Evaluation): Promise<void> {
  for (let from = 0; from < failures.length; from += TILES_A_SHEET) {
    const name = `failures-${from / TILES_A_SHEET + 1}.png`;
    await writeResult(join(folder, name), await failureSheet(failures.slice(from, from + TILES_A_SHEET)));
  }
}
