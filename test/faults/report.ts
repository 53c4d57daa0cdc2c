import { textTable } from '../../firmware-host/console/text-table.ts';
import { faults } from './faults.ts';
import type { RoundResult } from './round.ts';
import type { Campaign } from './run-campaign.ts';

export interface Totals {
  readonly rounds: number;
  readonly hits: number;
  readonly lost: number;
  readonly doubled: number;
}

const sum = (results: readonly RoundResult[], of: (one: RoundResult) => number): number =>
  results.reduce((all, one) => all + of(one), 0);

/** The last line of `--json`, a public contract; `rounds` are those that were asked for. */
export function totals(campaign: Campaign, rounds: number): Totals {
  const all = campaign.rounds;
  return {
    rounds,
    hits: sum(all, (one) => one.hits),
    lost: sum(all, (one) => one.lost),
    doubled: sum(all, (one) => one.doubled),
  };
}

/** A row for each fault; a round with several faults stands in the row of each. */
export function table(campaign: Campaign): string {
  const away = campaign.rounds.flatMap((one) => one.faults).find((name) => name.startsWith('centre away'));
  const names = [...faults.map((fault) => fault.name), ...(away === undefined ? [] : [away])];
  const rows = names.map((name) =>
    row(
      name,
      campaign.rounds.filter((one) => one.faults.includes(name)),
    ),
  );
  const several = campaign.rounds.filter((one) => one.faults.length > 1);
  return textTable([
    [
      'fault',
      'rounds',
      'hits',
      'lost',
      'doubled',
      'wrong',
      'order judged',
      'pictures given up',
      'held in memory',
      'and killed',
      'mean',
      'longest',
    ],
    ...rows,
    row('of all rounds, two or three at once', several),
    row('all', campaign.rounds),
  ]).join('\n');
}

function row(name: string, results: readonly RoundResult[]): string[] {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
  const longestMs = Math.max(0, ...results.map((one) => one.ms));
  const numbers = [
    results.length,
    sum(results, (one) => one.hits),
    sum(results, (one) => one.lost),
    sum(results, (one) => one.doubled),
    sum(results, (one) => one.wrong.length),
    results.filter((one) => one.ordered).length,
    sum(results, (one) => one.picturesGivenUp),
    sum(results, (one) => one.held),
    sum(results, (one) => one.diedHeld),
  ];
  const meanMs = results.length === 0 ? 0 : sum(results, (one) => one.ms) / results.length;
  return [name, ...numbers.map(String), seconds(meanMs), seconds(longestMs)];
}
