import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Recognizer } from '../../recognizer/recognizer.ts';
import { Evaluation } from './evaluate/evaluation.ts';
import { evaluationJson, evaluationTable } from './evaluate/evaluation-report.ts';
import { failureSheet, TILES_A_SHEET } from './evaluate/failure-sheet.ts';
import { filesOfPart, type LabelledPicture, labelledPictures } from './evaluate/labels.ts';
import { shippedModels } from './models-folder.ts';

interface EvaluateOptions {
  readonly photos: string;
  readonly crops?: boolean;
  readonly json?: boolean;
  readonly failures?: string;
  readonly split?: string;
  readonly part: string;
  readonly models?: string;
}

/** `anpr-node evaluate`: how well labelled photographs are read. */
export function addEvaluateCommand(program: Command): void {
  program
    .command('evaluate')
    .description('score the reading of labelled photographs: found, read exactly, by country and quality')
    .requiredOption(
      '--photos <dir>',
      'folder with labels.tsv and its pictures; without labels.tsv nothing must be found',
    )
    .option('--crops', 'the pictures are plates already cut out')
    .option('--json', 'print JSON')
    .option('--failures <dir>', 'write contact sheets of what was not read exactly')
    .option('--split <file>', 'take only the pictures that this file (name, tab, part) gives to a part')
    .option('--part <name>', 'the part to take from the split', 'val')
    .option('--models <dir>', 'other models than those of this installation')
    .action(evaluate);
}

async function evaluate(options: EvaluateOptions): Promise<void> {
  const pictures = await picturesOf(options);
  const recognizer = await Recognizer.open({ modelsFolder: options.models ?? shippedModels() });
  const evaluation = new Evaluation(recognizer);
  for (const picture of pictures) {
    if (options.crops === true) await evaluation.addCrop(picture);
    else await evaluation.addPicture(picture);
  }
  await recognizer.close();
  if (options.failures !== undefined) await writeSheets(options.failures, evaluation);
  const report = options.json === true ? JSON.stringify(evaluationJson(evaluation)) : evaluationTable(evaluation);
  process.stdout.write(`${report}\n`);
}

async function picturesOf({ photos, split, part }: EvaluateOptions): Promise<readonly LabelledPicture[]> {
  const all = await labelledPictures(photos);
  if (split === undefined) return all;
  const files = await filesOfPart(split, part);
  return all.filter(({ file }) => files.has(file));
}

async function writeSheets(folder: string, { failures }: Evaluation): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let from = 0; from < failures.length; from += TILES_A_SHEET) {
    const name = `failures-${from / TILES_A_SHEET + 1}.png`;
    await writeFile(join(folder, name), await failureSheet(failures.slice(from, from + TILES_A_SHEET)));
  }
}
