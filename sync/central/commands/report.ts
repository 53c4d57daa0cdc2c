import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Fault } from '../../../config/foundation/fault.ts';
import { csvFiles } from '../report/csv-report.ts';
import { periodBetween, reportFigures } from '../report/figures.ts';
import { htmlReport } from '../report/html-report.ts';
import type { Evaluation } from '../store/evaluation.ts';
import { openFilledHitStore } from '../store/open-hit-store.ts';
import { readDay, storeOption } from './hits-desk.ts';

interface ReportOptions {
  readonly from: number;
  readonly to: number;
  readonly out: string;
  readonly store: string;
  readonly json?: true;
}

/** `anpr-central report`: the evaluation of a year, or of any days, as a page with plots and as CSV files. */
export function addReportCommand(program: Command): void {
  program
    .command('report')
    .description('evaluate a period: passages, hits by list, country and verdict, response times, false alarms')
    .requiredOption('--from <date>', 'first day (YYYY-MM-DD, UTC)', readDay)
    .requiredOption('--to <date>', 'the day after the last', readDay)
    .requiredOption('--out <folder>', 'folder for report.html and the CSV files')
    .option(...storeOption)
    .option('--json', 'also the figures as one JSON object on standard output')
    .action(async ({ store: name, json, ...options }: ReportOptions) => {
      const store = await openFilledHitStore(name);
      try {
        const files = await writeReport(store, { ...options, nowMs: Date.now() });
        process.stdout.write(json ? `${JSON.stringify(files.figures)}\n` : `${files.names.join('\n')}\n`);
      } finally {
        await store.close();
      }
    });
}

/** Writes the page and the tables into a folder. Throws `report/bad-period`. */
export async function writeReport(
  store: Evaluation,
  options: { readonly from: number; readonly to: number; readonly out: string; readonly nowMs: number },
) {
  const { from, to, out, nowMs } = options;
  if (to <= from) throw new Fault('report/bad-period', 'the period has no day: --to is the day after its last');
  const figures = await reportFigures(store, periodBetween(from, to));
  const files = new Map([
    ['report.html', htmlReport(figures, new Date(nowMs).toISOString().slice(0, 16).replace('T', ' '))],
  ]);
  for (const [name, text] of csvFiles(figures)) files.set(name, text);
  mkdirSync(out, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(out, name), text);
  return { figures, names: [...files.keys()].map((name) => join(out, name)) };
}
