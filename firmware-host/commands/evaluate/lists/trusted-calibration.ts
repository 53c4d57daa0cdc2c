import { readFile } from 'node:fs/promises';
import { Fault } from '../../../../config/foundation/fault.ts';
import {
  type Calibration,
  calibrationSchema,
  shippedCalibration,
} from '../../../../sync/lists/matching/calibration.ts';
import { borderTraffic } from '../../../../sync/lists/traffic/plate-population.ts';
import { writeResult } from '../written-result.ts';
import { fitCalibration } from './fit-calibration.ts';
import type { KnownPassage } from './list-measure.ts';

/** Where a calibration comes from, if not from this installation. */
export interface CalibrationSource {
  /** Fit one, and write it here. */
  readonly fitMatching?: string;
  /** Read this one. */
  readonly matching?: string;
}

/** A level of the curve asks for so many readings that bear on it; of fewer passages none can have them. */
export const fewestFitted = 100;

/** How far readings are trusted: fitted on these passages, read from a file, or as shipped. Faults: `evaluate/too-few-passages`, `evaluate/bad-calibration`, `evaluate/not-written`. */
export async function trustedCalibration(
  { fitMatching, matching }: CalibrationSource,
  passages: readonly KnownPassage[],
): Promise<Calibration> {
  if (fitMatching !== undefined) {
    const calibration = fittedOn(passages);
    await writeResult(fitMatching, `${JSON.stringify(calibration, null, 2)}\n`);
    return calibration;
  }
  if (matching === undefined) return shippedCalibration;
  const parsed = calibrationSchema.safeParse(await readJson(matching));
  if (!parsed.success)
    throw new Fault('evaluate/bad-calibration', `${matching} is no calibration; make one with --fit-matching`);
  return parsed.data;
}

function fittedOn(passages: readonly KnownPassage[]): Calibration {
  const read = passages.filter(({ reading }) => reading !== null).length;
  if (read < fewestFitted) throw tooFew(read);
  process.stderr.write(`fitting on ${passages.length} passages\n`);
  const fitted = fitCalibration(passages, borderTraffic(), shippedCalibration);
  return usable({ ...fitted, fittedOn: `${passages.length} recorded passages` }, read);
}

/** The calibration, if a node could load it. Fault: `evaluate/too-few-passages`. */
export function usable(fitted: unknown, read: number): Calibration {
  const parsed = calibrationSchema.safeParse(fitted);
  if (!parsed.success) throw tooFew(read);
  return parsed.data;
}

function tooFew(read: number): Fault {
  return new Fault(
    'evaluate/too-few-passages',
    `${read} passages in which something was read are too few to fit on; record more with --record FILE --rendered 200000`,
  );
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new Fault('evaluate/bad-calibration', `cannot read ${path}; make one with --fit-matching`, { cause });
  }
}
