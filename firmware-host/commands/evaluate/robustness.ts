import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../../../config/foundation/fault.ts';
import { installationRoot } from '../../../config/foundation/installation.ts';
import { Reader } from '../../../recognizer/reader/reader.ts';
import { calibrationRead } from './calibration.ts';
import { CropSpeller, readCrops } from './crop-reading.ts';
import { plotSvg } from './plot.ts';
import { Progress } from './progress.ts';
import { RenderedSet } from './rendered-set.ts';
import { writeResult } from './written-result.ts';

/** Where a person stops reading, curve by curve, and how that was judged. */
const personSchema = z.object({
  how: z.string().min(1),
  /** The hardest level at which a person still reads more than half of the plates whole. */
  lastReadable: z.record(z.string(), z.number()),
});

export interface RobustnessLevel {
  readonly value: number;
  readonly plates: number;
  /** Share read exactly, O and 0, I and 1 folded. */
  readonly exact: number;
  /** Share given 0.99 or more, spellings that fold to the same together, and of these how many were wrong. */
  readonly sure: number;
  readonly sureWrong: number;
}

export interface RobustnessCurve {
  readonly curve: string;
  readonly unit: string;
  /** From easy to hard, as the set has them. */
  readonly levels: readonly RobustnessLevel[];
  /** Null where nobody judged. */
  readonly personReadsTo: number | null;
}

export interface RobustnessRequest {
  readonly models: string;
  /** The folder that robustness.py --curves wrote. */
  readonly folder: string;
  readonly json: boolean;
  /** A folder for one SVG a curve. */
  readonly plot?: string;
}

const SURE = 0.99;

/** `evaluate --robustness`: exact reads against one kind of difficulty at a time, as Markdown for the model card, and as plots. */
export async function evaluateRobustness({ models, folder, json, plot }: RobustnessRequest): Promise<void> {
  const person = await judgement();
  const curves = await curvesOf(models, folder, person.lastReadable);
  process.stdout.write(`${json ? JSON.stringify({ curves, person: person.how }) : markdown(curves, person.how)}\n`);
  if (plot === undefined) return;
  for (const curve of curves) await writeResult(join(plot, `${curve.curve}.svg`), curvePlot(curve));
}

async function judgement() {
  const path = join(installationRoot(), 'recognizer', 'models', 'person-reads-to.json');
  return personSchema.parse(JSON.parse(await readFile(path, 'utf8')));
}

async function curvesOf(
  models: string,
  folder: string,
  lastReadable: Readonly<Record<string, number>>,
): Promise<readonly RobustnessCurve[]> {
  const set = await RenderedSet.open(join(folder, 'curves'));
  const counts = new Map<string, Map<number, { plates: number; exact: number; sure: number; sureWrong: number }>>();
  const reader = await Reader.open(models);
  const speller = new CropSpeller();
  const progress = new Progress(`of ${set.truths.length} crops read`);
  for await (const { truth, reading } of readCrops(reader, set)) {
    if (truth.curve === undefined || truth.value === undefined)
      throw new Fault('evaluate/bad-rendered-set', `${folder} has crops that belong to no curve`);
    const levels = counts.get(truth.curve) ?? new Map();
    counts.set(truth.curve, levels);
    const count = levels.get(truth.value) ?? { plates: 0, exact: 0, sure: 0, sureWrong: 0 };
    levels.set(truth.value, count);
    const { probability, right } = calibrationRead(truth.curve, truth.text, speller.spell(reading).spellings);
    const sure = probability >= SURE;
    count.plates++;
    if (right) count.exact++;
    if (sure) count.sure++;
    if (sure && !right) count.sureWrong++;
    progress.step();
  }
  await reader.close();
  const units = new Map(set.truths.map(({ curve, unit }) => [curve, unit]));
  return [...counts].map(([curve, levels]) => ({
    curve,
    unit: units.get(curve) ?? '',
    levels: [...levels].map(([value, { plates, exact, sure, sureWrong }]) => ({
      value,
      plates,
      exact: exact / plates,
      sure: sure / plates,
      sureWrong,
    })),
    personReadsTo: lastReadable[curve] ?? null,
  }));
}

/** The curves as tables of a Markdown page. */
export function markdown(curves: readonly RobustnessCurve[], how: string): string {
  const tables = curves.map(({ curve, unit, levels, personReadsTo }) => {
    const row = (name: string, cells: readonly string[]) => `| ${name} | ${cells.join(' | ')} |`;
    return [
      row(
        `${curve} (${unit})`,
        levels.map(({ value }) => (value === personReadsTo ? `**${value}**` : String(value))),
      ),
      row(
        '---',
        levels.map(() => '---'),
      ),
      row(
        'exact',
        levels.map(({ exact }) => percent(exact)),
      ),
      row(
        'given 0.99 or more',
        levels.map(({ sure }) => percent(sure)),
      ),
      row(
        'of these wrong',
        levels.map(({ sureWrong, plates, sure }) => `${sureWrong} of ${Math.round(plates * sure)}`),
      ),
    ].join('\n');
  });
  const plates = curves[0]?.levels[0]?.plates ?? 0;
  return [
    `${plates} rendered plates a level, the same at each; everything else benign. **Bold**: the hardest level at which a person still reads more than half. ${how}`,
    ...tables,
  ].join('\n\n');
}

/** One curve as SVG, the levels evenly spaced. */
export function curvePlot({ curve, unit, levels, personReadsTo }: RobustnessCurve): string {
  const at = (index: number) => (levels.length < 2 ? 0.5 : 0.03 + (0.94 * index) / (levels.length - 1));
  const person = levels.findIndex(({ value }) => value === personReadsTo);
  return plotSvg({
    title: `Exact reads against ${curve}`,
    xLabel: `${curve} (${unit})`,
    yLabel: 'share of plates',
    xTicks: levels.map(({ value }, index) => [at(index), String(value)]),
    yTicks: [0, 0.25, 0.5, 0.75, 1].map((share) => [share, percent(share)]),
    lines: [
      { name: 'read exactly', points: levels.map(({ exact }, index) => [at(index), exact]) },
      { name: 'given 0.99 or more', points: levels.map(({ sure }, index) => [at(index), sure]) },
    ],
    marks: person === -1 ? [] : [[at(person), 'a person reads to here']],
  });
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share === 0 || share === 1 ? 0 : 1)} %`;
}
