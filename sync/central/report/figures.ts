import type { VerdictWord } from '../../uplink/verdict.ts';
import { dayOf, type Evaluation, type Period, responseStepsMs } from '../store/evaluation.ts';

export type Outcome = VerdictWord | 'withdrawn' | 'open';
/** In the order of tables and plots. */
export const outcomes: readonly Outcome[] = ['confirmed', 'misread', 'stale-entry', 'other', 'withdrawn', 'open'];

/** Hits of one group (a list, a country, a camera ...) by what became of them. */
export interface OutcomeRow {
  /** What the group is, one text a column. */
  readonly key: readonly string[];
  readonly hits: number;
  readonly byOutcome: Readonly<Record<Outcome, number>>;
  /** Of the hits with a verdict, the part that should not have been one (misread, stale entry); null without verdicts. */
  readonly falsePart: number | null;
}

export type ResponseKind = 'seen' | 'dispatched' | 'verdict';

/** How soon hits were answered: how many within each step of `responseStepsMs`, beyond the last, and never. */
export interface ResponseTimes {
  readonly kind: ResponseKind;
  readonly within: readonly number[];
  readonly later: number;
  readonly never: number;
}

export interface MonthRow {
  /** `2026-05`. */
  readonly month: string;
  readonly passages: number;
  readonly hits: number;
}

export interface NodeTraffic {
  readonly node: string;
  readonly frames: number;
  readonly passages: number;
  readonly hits: number;
}

/** Everything an evaluation says, before it is written down. */
export interface ReportFigures {
  readonly from: string;
  readonly to: string;
  readonly passages: number;
  readonly hits: number;
  readonly total: OutcomeRow;
  readonly months: readonly MonthRow[];
  readonly byList: readonly OutcomeRow[];
  readonly byCountry: readonly OutcomeRow[];
  readonly byCamera: readonly OutcomeRow[];
  readonly byAction: readonly OutcomeRow[];
  readonly byGrade: readonly OutcomeRow[];
  readonly responses: readonly ResponseTimes[];
  readonly traffic: readonly NodeTraffic[];
}

const dayMs = 86_400_000;

/** Reads all figures of a period, both of its days included. */
export async function reportFigures(store: Evaluation, period: Period): Promise<ReportFigures> {
  const [byList, byCountry, byCamera, byAction, byGrade] = await Promise.all([
    outcomeRows(store, period, ['authority', 'list']),
    outcomeRows(store, period, ['country']),
    outcomeRows(store, period, ['node', 'camera']),
    outcomeRows(store, period, ['action']),
    outcomeRows(store, period, ['grade']),
  ]);
  const months = await monthRows(store, period);
  const total = sum(byGrade);
  return {
    from: dayText(period.firstDay),
    to: dayText(period.lastDay),
    passages: months.reduce((all, { passages }) => all + passages, 0),
    hits: total.hits,
    total,
    months,
    byList,
    byCountry,
    byCamera,
    byAction,
    byGrade,
    responses: await Promise.all(
      (['seen', 'dispatched', 'verdict'] as const).map((kind) => responseTimes(store, period, kind)),
    ),
    traffic: await nodeTraffic(store, period),
  };
}

/** The median, as the step in which it lies; null when nothing was answered. */
export function medianStep({ within, later }: ResponseTimes): number | null {
  const answered = within.reduce((all, count) => all + count, 0) + later;
  if (answered === 0) return null;
  let seen = 0;
  for (const [step, count] of within.entries()) {
    seen += count;
    if (seen * 2 >= answered) return step;
  }
  return responseStepsMs.length;
}

export function dayText(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

type GroupBy = 'authority' | 'list' | 'country' | 'node' | 'camera' | 'action' | 'grade';

async function outcomeRows(store: Evaluation, period: Period, by: readonly GroupBy[]): Promise<readonly OutcomeRow[]> {
  const tallies = await store.tally<GroupBy | 'outcome'>(period, [...by, 'outcome']);
  const groups = new Map<string, { key: readonly string[]; counts: Record<Outcome, number> }>();
  for (const tally of tallies) {
    const key = by.map((name) => String(tally[name]));
    const group = groups.get(key.join('\n')) ?? { key, counts: none() };
    const outcome = outcomes.find((one) => one === tally.outcome) ?? 'other';
    group.counts[outcome] += tally.hits;
    groups.set(key.join('\n'), group);
  }
  return [...groups.values()].map(({ key, counts }) => outcomeRow(key, counts)).sort((a, b) => b.hits - a.hits);
}

function outcomeRow(key: readonly string[], byOutcome: Readonly<Record<Outcome, number>>): OutcomeRow {
  const judged = byOutcome.confirmed + byOutcome.misread + byOutcome['stale-entry'] + byOutcome.other;
  return {
    key,
    hits: outcomes.reduce((all, outcome) => all + byOutcome[outcome], 0),
    byOutcome,
    falsePart: judged === 0 ? null : (byOutcome.misread + byOutcome['stale-entry']) / judged,
  };
}

function sum(rows: readonly OutcomeRow[]): OutcomeRow {
  const counts = none();
  for (const { byOutcome } of rows) for (const outcome of outcomes) counts[outcome] += byOutcome[outcome];
  return outcomeRow([], counts);
}

function none(): Record<Outcome, number> {
  return { confirmed: 0, misread: 0, 'stale-entry': 0, other: 0, withdrawn: 0, open: 0 };
}

async function responseTimes(store: Evaluation, period: Period, kind: ResponseKind): Promise<ResponseTimes> {
  const column = `${kind}_after` as const;
  const within = responseStepsMs.map(() => 0);
  let [later, never] = [0, 0];
  for (const tally of await store.tally(period, [column])) {
    const step = Number(tally[column]);
    if (step < 0) never += tally.hits;
    else if (step >= within.length) later += tally.hits;
    else within[step] = (within[step] ?? 0) + tally.hits;
  }
  return { kind, within, later, never };
}

/** Every month of the period, also those in which nothing happened. */
async function monthRows(store: Evaluation, period: Period): Promise<readonly MonthRow[]> {
  const months = new Map<string, { passages: number; hits: number }>();
  const monthOf = (day: number): string => dayText(day).slice(0, 7);
  for (let day = period.firstDay; day <= period.lastDay; day += 1)
    if (!months.has(monthOf(day))) months.set(monthOf(day), { passages: 0, hits: 0 });
  for (const { day, counter, value } of await store.traffic(period)) {
    const month = months.get(monthOf(day));
    if (month && counter === 'passages') month.passages += value;
  }
  for (const { day, hits } of await store.tally(period, ['day'])) {
    const month = months.get(monthOf(Number(day)));
    if (month) month.hits += hits;
  }
  return [...months].map(([month, counts]) => ({ month, ...counts }));
}

async function nodeTraffic(store: Evaluation, period: Period): Promise<readonly NodeTraffic[]> {
  const nodes = new Map<string, { frames: number; passages: number; hits: number }>();
  const of = (node: string) => {
    const known = nodes.get(node) ?? { frames: 0, passages: 0, hits: 0 };
    nodes.set(node, known);
    return known;
  };
  for (const { node, counter, value } of await store.traffic(period))
    if (counter === 'frames' || counter === 'passages') of(node)[counter] += value;
  for (const { node, hits } of await store.tally(period, ['node'])) of(String(node)).hits += hits;
  return [...nodes].map(([node, counts]) => ({ node, ...counts })).sort((a, b) => b.passages - a.passages);
}

/** The days between two instants, the second excluded. */
export function periodBetween(fromMs: number, toMs: number): Period {
  return { firstDay: dayOf(fromMs), lastDay: dayOf(toMs - 1) };
}
