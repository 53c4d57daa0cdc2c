import { textTable } from '../../../console/text-table.ts';
import type { Estimate } from './interval.ts';
import type { RuleFigures } from './list-measure.ts';

/** What the figures were measured on. */
export interface Measured {
  readonly passages: number;
  readonly draws: number;
  /** Whose plates alone were on the lists. */
  readonly listed?: string | undefined;
}

/** One JSON object a line: a rule at a list size. */
export function listLines(figures: readonly RuleFigures[], { passages, listed }: Measured): string {
  return figures
    .map(({ rule, entries, recall, recovered, falsePerMillion }) =>
      JSON.stringify({
        rule,
        entries,
        recall: short(recall.value),
        falsePerMillion: short(falsePerMillion.value),
        recallInterval: [short(recall.low), short(recall.high)],
        falsePerMillionInterval: [short(falsePerMillion.low), short(falsePerMillion.high)],
        misreadRecovered: short(recovered.value),
        misreadRecoveredInterval: [short(recovered.low), short(recovered.high)],
        passages,
        ...(listed === undefined ? {} : { listed }),
      }),
    )
    .join('\n');
}

/** The same for people. */
export function listTable(figures: readonly RuleFigures[], { passages, draws, listed }: Measured): string {
  return [
    ...textTable([
      ['rule', 'entries', 'recall', '', 'of misread', '', 'false / million', ''],
      ...figures.map(({ rule, entries, recall, recovered, falsePerMillion }) => [
        rule,
        entries.toLocaleString('en'),
        percent(recall.value),
        interval(recall, percent),
        percent(recovered.value),
        interval(recovered, percent),
        amount(falsePerMillion.value),
        interval(falsePerMillion, amount),
      ]),
    ]),
    `${passages} passages, each against ${draws} lists of each size${listed === undefined ? '' : `, of plates of ${listed} alone`}; intervals of 95 %`,
  ].join('\n');
}

function interval({ low, high }: Estimate, text: (value: number) => string): string {
  return `${text(low)} to ${text(high)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function amount(value: number): string {
  return value === 0 ? '0' : value >= 100 ? value.toFixed(0) : value.toPrecision(2);
}

function short(value: number): number {
  return Number(value.toPrecision(4));
}
