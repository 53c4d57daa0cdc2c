import { responseStepsMs } from '../store/evaluation.ts';
import { escapeHtml } from './escape-html.ts';
import { medianStep, type Outcome, type OutcomeRow, outcomes, type ReportFigures } from './figures.ts';
import { type Bar, barsLying, barsStanding } from './plots.ts';
import { reportStyle } from './report-style.ts';
import { countText, percentText, stepText } from './words.ts';

const outcomeWords: Readonly<Record<Outcome, string>> = {
  confirmed: 'confirmed',
  misread: 'misread',
  'stale-entry': 'stale entry',
  other: 'other',
  withdrawn: 'withdrawn',
  open: 'no verdict',
};
const answers = { seen: 'Looked at', dispatched: 'Somebody sent', verdict: 'Verdict' } as const;
/** The plots show the largest; the tables and the CSV files have them all. */
const mostBars = 15;
/** A part of few verdicts says nothing about a camera. */
const fewestJudged = 5;

/** The evaluation as one page that needs nothing beside it and no network. */
export function htmlReport(figures: ReportFigures, madeAt: string): string {
  const { total, responses } = figures;
  const title = `Evaluation ${figures.from} to ${figures.to}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title><style>${reportStyle}</style></head><body>
<header><h1>${title}</h1><p>Made ${escapeHtml(madeAt)}. Days are UTC; a hit belongs to the day on which it arrived.</p></header>
<section class="tiles">
${tile('passages', countText(figures.passages))}
${tile('hits', countText(figures.hits))}
${tile('hits per million passages', figures.passages === 0 ? '–' : countText((figures.hits / figures.passages) * 1e6))}
${tile('false, of those judged', percentText(total.falsePart))}
</section>
${section('Passages by month', barsStanding(figures.months.map(({ month, passages }) => plain(month, passages, 'passages'))))}
${section('Hits by month', barsStanding(figures.months.map(({ month, hits }) => plain(month, hits, 'hits'))))}
${section('What became of the hits', legend() + barsLying([outcomeBar(total, 'all hits')]))}
${grouped('Hits by list', ['authority', 'list'], figures.byList)}
${grouped('Hits by country of the plate', ['country'], figures.byCountry)}
${grouped('Hits by action asked', ['action'], figures.byAction)}
${grouped('Hits by grade', ['grade'], figures.byGrade)}
<section><h2>Response times</h2><p>From a hit's arrival at the centre.</p>
${responses
  .map(
    (times) => `<h3>${answers[times.kind]}</h3>
<p>Median ${medianText(medianStep(times))}; ${countText(times.never)} hits never.</p>
${barsStanding([...times.within.map((count, step) => plain(stepText(step), count, 'hits')), plain(stepText(responseStepsMs.length), times.later, 'hits')], 150)}`,
  )
  .join('\n')}
</section>
${section('Lists that cost false alarms', falseAlarms(['authority', 'list'], figures.byList))}
${section('Cameras that cost false alarms', falseAlarms(['node', 'camera'], figures.byCamera))}
${section(
  'Nodes',
  table(
    ['node', 'frames', 'passages', 'hits'],
    figures.traffic.map((row) => [row.node, row.frames, row.passages, row.hits]),
  ),
)}
</body></html>
`;
}

function tile(label: string, text: string): string {
  return `<div><b>${text}</b><span>${label}</span></div>`;
}

function section(title: string, content: string): string {
  return `<section><h2>${title}</h2>${content}</section>`;
}

function grouped(title: string, names: readonly string[], rows: readonly OutcomeRow[]): string {
  const bars = rows.slice(0, mostBars).map((row) => outcomeBar(row, row.key.join(' / ')));
  return section(title, legend() + barsLying(bars) + outcomeTable(names, rows));
}

/** Only what was judged often enough, the worst first. */
function falseAlarms(names: readonly string[], rows: readonly OutcomeRow[]): string {
  const judged = ({ byOutcome }: OutcomeRow): number =>
    byOutcome.confirmed + byOutcome.misread + byOutcome['stale-entry'] + byOutcome.other;
  const worst = rows
    .filter((row) => judged(row) >= fewestJudged && (row.falsePart ?? 0) > 0)
    .sort((a, b) => (b.falsePart ?? 0) - (a.falsePart ?? 0));
  if (worst.length === 0) return `<p>None among those with at least ${fewestJudged} verdicts.</p>`;
  return `<p>Misread and stale entries, of hits with a verdict; those with at least ${fewestJudged} verdicts.</p>${outcomeTable(names, worst)}`;
}

function outcomeTable(names: readonly string[], rows: readonly OutcomeRow[]): string {
  return table(
    [...names, 'hits', ...outcomes.map((outcome) => outcomeWords[outcome]), 'false'],
    rows.map(({ key, hits, byOutcome, falsePart }) => [
      ...key,
      hits,
      ...outcomes.map((outcome) => byOutcome[outcome]),
      percentText(falsePart),
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  if (rows.length === 0) return '<p>None.</p>';
  const cells = (row: readonly (string | number)[]): string =>
    row
      .map((value) =>
        typeof value === 'number' ? `<td class="n">${countText(value)}</td>` : `<td>${escapeHtml(value)}</td>`,
      )
      .join('');
  const numeric = (column: number): boolean => typeof rows[0]?.[column] === 'number';
  const heads = head
    .map((name, column) => `<th${numeric(column) ? ' class="n"' : ''}>${escapeHtml(name)}</th>`)
    .join('');
  return `<table><thead><tr>${heads}</tr></thead><tbody>${rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n')}</tbody></table>`;
}

function legend(): string {
  return `<p class="legend">${outcomes.map((outcome) => `<i class="${outcome}"></i>${outcomeWords[outcome]}`).join(' ')}</p>`;
}

function outcomeBar({ byOutcome }: OutcomeRow, label: string): Bar {
  return {
    label,
    parts: outcomes.map((outcome) => ({ value: byOutcome[outcome], style: outcome, title: outcomeWords[outcome] })),
  };
}

function plain(label: string, value: number, title: string): Bar {
  return { label, parts: [{ value, style: 'plain', title }] };
}

function medianText(step: number | null): string {
  return step === null ? 'unknown' : stepText(step);
}
