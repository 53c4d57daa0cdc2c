import { responseStepsMs } from '../store/evaluation.ts';
import { type OutcomeRow, outcomes, type ReportFigures } from './figures.ts';
import { stepText } from './words.ts';

/** The figures as tables for other programs, one file each (RFC 4180). */
export function csvFiles(figures: ReportFigures): ReadonlyMap<string, string> {
  const { months, traffic, byList, byCountry, byCamera, byAction, byGrade, responses } = figures;
  const steps = [...responseStepsMs.map((_, step) => stepText(step)), stepText(responseStepsMs.length), 'never'];
  return new Map([
    [
      'months.csv',
      csv(
        ['month', 'passages', 'hits'],
        months.map((row) => [row.month, row.passages, row.hits]),
      ),
    ],
    [
      'nodes.csv',
      csv(
        ['node', 'frames', 'passages', 'hits'],
        traffic.map((row) => [row.node, row.frames, row.passages, row.hits]),
      ),
    ],
    ['hits-by-list.csv', outcomeCsv(['authority', 'list'], byList)],
    ['hits-by-country.csv', outcomeCsv(['country'], byCountry)],
    ['hits-by-camera.csv', outcomeCsv(['node', 'camera'], byCamera)],
    ['hits-by-action.csv', outcomeCsv(['action'], byAction)],
    ['hits-by-grade.csv', outcomeCsv(['grade'], byGrade)],
    [
      'response-times.csv',
      csv(
        ['answer', ...steps],
        responses.map(({ kind, within, later, never }) => [kind, ...within, later, never]),
      ),
    ],
  ]);
}

function outcomeCsv(names: readonly string[], rows: readonly OutcomeRow[]): string {
  return csv(
    [...names, 'hits', ...outcomes, 'false_part'],
    rows.map(({ key, hits, byOutcome, falsePart }) => [
      ...key,
      hits,
      ...outcomes.map((outcome) => byOutcome[outcome]),
      falsePart === null ? '' : falsePart.toFixed(4),
    ]),
  );
}

function csv(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return `${[head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

/** A text that a spreadsheet would take for a formula gets an apostrophe: names of lists and cameras come from outside. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
