import type { KeptCounter } from './traffic.ts';

const dayMs = 86_400_000;

/** Days since 1970, UTC. */
export function dayOf(ms: number): number {
  return Math.floor(ms / dayMs);
}

/** From the first to the last day, both included. */
export interface Period {
  readonly firstDay: number;
  readonly lastDay: number;
}

/** By what hits can be counted. `outcome` is the verdict, or `withdrawn`, or `open`. */
export type Dimension =
  | 'day'
  | 'node'
  | 'camera'
  | 'authority'
  | 'list'
  | 'country'
  | 'action'
  | 'grade'
  | 'outcome'
  | 'seen_after'
  | 'dispatched_after'
  | 'verdict_after';

export type Tally<By extends Dimension> = Readonly<Record<By, string | number>> & { readonly hits: number };

/**
 * Response times are counted in steps, from the hit's arrival at the centre: step `n` is at least `n - 1` and below `n` of these,
 * the last one anything longer; -1 is never.
 */
export const responseStepsMs = [10, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400, 86_400].map(
  (seconds) => seconds * 1_000,
);

export interface TrafficCount {
  readonly day: number;
  readonly node: string;
  readonly counter: KeptCounter;
  readonly value: number;
}

/** Counts for evaluations; erased hits are in them. */
export interface Evaluation {
  /** How many hits arrived in the period, by the given dimensions, in their order. */
  tally<By extends Dimension>(period: Period, by: readonly By[]): Promise<readonly Tally<By>[]>;
  /** What the nodes' own counters grew by. */
  traffic(period: Period): Promise<readonly TrafficCount[]>;
}
