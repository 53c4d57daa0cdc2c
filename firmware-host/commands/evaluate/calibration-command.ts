import { basename, dirname } from 'node:path';
import { Fault } from '../../../config/foundation/fault.ts';
import { Reader } from '../../../recognizer/reader/reader.ts';
import { Recognizer } from '../../../recognizer/recognizer.ts';
import { type CalibrationRead, calibrationOf, calibrationRead } from './calibration.ts';
import { calibrationPlot, calibrationTable } from './calibration-report.ts';
import type { CalibrationRequest } from './calibration-request.ts';
import { CropSpeller, readCrops } from './crop-reading.ts';
import { labelledLuma } from './labelled-luma.ts';
import { type LabelledPicture, labelledPictures } from './labels.ts';
import { Progress } from './progress.ts';
import { RenderedSet } from './rendered-set.ts';
import { scorePicture } from './scoring.ts';
import { fitTemperature } from './temperature-fit.ts';
import { writeResult } from './written-result.ts';

/** `evaluate --calibration`: prints how far the probabilities of reads can be trusted, or with `fit` the best temperature. */
export async function evaluateCalibration(request: CalibrationRequest): Promise<void> {
  if (request.photos.length + request.crops.length + request.rendered.length === 0)
    throw new Fault('evaluate/no-pictures', 'say what to read: --photos, --crop-photos or --rendered');
  if (request.fit) return await fitTemperature(request);
  const reads = [...(await pictureReads(request)), ...(await renderedReads(request))];
  const sets = [...new Set(reads.map(({ set }) => set))];
  const bySet = new Map(sets.map((set) => [set, calibrationOf(reads.filter((read) => read.set === set))]));
  bySet.set('all', calibrationOf(reads));
  const all = bySet.get('all');
  process.stdout.write(`${request.json ? JSON.stringify(Object.fromEntries(bySet)) : calibrationTable(bySet)}\n`);
  if (request.plot !== undefined && all !== undefined) await writeResult(request.plot, calibrationPlot(all));
}

async function pictureReads({ models, photos, crops }: CalibrationRequest): Promise<readonly CalibrationRead[]> {
  const reads: CalibrationRead[] = [];
  const recognizer = await Recognizer.open({ modelsFolder: models });
  const progress = new Progress('pictures read');
  for (const [folder, cut] of [
    ...photos.map((one) => [one, false] as const),
    ...crops.map((one) => [one, true] as const),
  ]) {
    for (const picture of await labelledPictures(folder)) {
      for (const [text, spellings] of await spelled(recognizer, picture, cut))
        reads.push(calibrationRead(nameOf(folder), text, spellings));
      progress.step();
    }
  }
  await recognizer.close();
  return reads;
}

/** What was read of each labelled plate that was found. */
async function spelled(recognizer: Recognizer, picture: LabelledPicture, cut: boolean) {
  const luma = await labelledLuma(picture);
  if (!cut) {
    const { plates } = scorePicture(picture.plates, await recognizer.read(luma));
    return plates.flatMap(({ plate, read }) => (read === null ? [] : [[plate.text, read.spellings] as const]));
  }
  const { spellings } = await recognizer.readCrop(luma);
  return picture.plates.filter(({ unscored }) => !unscored).map(({ text }) => [text, spellings] as const);
}

async function renderedReads({ models, rendered }: CalibrationRequest): Promise<readonly CalibrationRead[]> {
  const reads: CalibrationRead[] = [];
  const reader = await Reader.open(models);
  const speller = new CropSpeller();
  const progress = new Progress('rendered crops read');
  for (const name of rendered) {
    for await (const { truth, reading } of readCrops(reader, await RenderedSet.open(name))) {
      reads.push(calibrationRead(nameOf(name), truth.text, speller.spell(reading).spellings));
      progress.step();
    }
  }
  await reader.close();
  return reads;
}

/** `eu-plates/val` of a path that ends so, as far as that tells sets apart. */
function nameOf(path: string): string {
  const last = basename(path);
  return ['val', 'test', 'train'].includes(last) ? `${basename(dirname(path))}/${last}` : last;
}
