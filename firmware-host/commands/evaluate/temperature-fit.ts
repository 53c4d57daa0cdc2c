import { Fault } from '../../../config/foundation/fault.ts';
import { type CropReading, Reader } from '../../../recognizer/reader/reader.ts';
import { textTable } from '../../console/text-table.ts';
import { type Calibration, calibrationOf, calibrationRead } from './calibration.ts';
import type { CalibrationRequest } from './calibration-request.ts';
import { CropSpeller, readCrops, readPictureCrops } from './crop-reading.ts';
import { labelledPictures } from './labels.ts';
import { RenderedSet } from './rendered-set.ts';

const TEMPERATURES = [0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.35, 1.5, 1.75, 2];
/** So many reads of a rendered set are kept in memory to fit on. */
const MOST_FITTED = 5000;

/** `evaluate --calibration --fit`: prints how calibrated the reader is at several temperatures, and which is best. */
export async function fitTemperature({ models, photos, crops, rendered, json }: CalibrationRequest): Promise<void> {
  if (photos.length > 0)
    throw new Fault('evaluate/no-pictures', 'a temperature is fitted on --crop-photos and --rendered, not on --photos');
  const reader = await Reader.open(models);
  const kept: { text: string; reading: CropReading }[] = [];
  for (const folder of crops)
    for await (const one of readPictureCrops(reader, await labelledPictures(folder))) kept.push(owned(one));
  for (const name of rendered) {
    let left = MOST_FITTED;
    for await (const { truth, reading } of readCrops(reader, await RenderedSet.open(name))) {
      if (left-- <= 0) break;
      kept.push(owned({ text: truth.text, reading }));
    }
  }
  await reader.close();
  const speller = new CropSpeller();
  const tried = TEMPERATURES.map((temperature) => {
    const reads = kept.map(({ text, reading }) =>
      calibrationRead('', text, speller.spell(reading, temperature).spellings),
    );
    return { temperature, calibration: calibrationOf(reads) };
  });
  const best = tried.reduce((a, b) =>
    b.calibration.negativeLogLikelihood < a.calibration.negativeLogLikelihood ? b : a,
  );
  process.stdout.write(
    `${json ? JSON.stringify({ best: best.temperature, tried }) : fitTable(tried, best.temperature)}\n`,
  );
}

/** A reading's columns lie in the network's output, which the next run writes over. */
function owned({ text, reading }: { text: string; reading: CropReading }) {
  const columns = { ...reading.columns, logProbabilities: reading.columns.logProbabilities.slice() };
  return { text, reading: { ...reading, columns } };
}

function fitTable(tried: readonly { temperature: number; calibration: Calibration }[], best: number): string {
  const rows = tried.map(({ temperature, calibration }) => {
    const sure = calibration.tail.find(({ atLeast }) => atLeast === 0.999);
    return [
      String(temperature),
      calibration.negativeLogLikelihood.toFixed(4),
      `${(100 * calibration.expectedError).toFixed(2)} %`,
      `${(100 * calibration.rightShare).toFixed(2)} %`,
      `${sure?.wrong ?? 0} of ${sure?.reads ?? 0}`,
    ];
  });
  return [
    ...textTable([['temperature', 'log loss', 'expected error', 'right', 'wrong >= 0.999'], ...rows]),
    `best by log loss: ${best}. Times the temperature in reader.json: export_reader.py --temperature`,
  ].join('\n');
}
