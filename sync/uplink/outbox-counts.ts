import type { WaitingHit } from './held-hits.ts';
import type { EvidenceKind } from './hit.ts';
import type { outboxStatements } from './outbox-schema.ts';

export const outboxCounters = [
  /** Written to disk, or confirmed by the centre before there was room for it. */
  'hitsAppended',
  'hitsReceived',
  'hitsDropped',
  'withdrawalsMade',
  'withdrawalsReceived',
  'picturesReceived',
  'picturesRefused',
  'platesDropped',
  'scenesDropped',
  /** Read out of a damaged outbox, and known to have been in it but unreadable. */
  'hitsSalvaged',
  'hitsUnreadable',
] as const;
export type OutboxCounter = (typeof outboxCounters)[number];

/** The counters since the outbox was made, and what waits in it now. No plate is in here. */
export type OutboxCounts = Readonly<Record<OutboxCounter, number>> & {
  readonly hitsWaiting: number;
  readonly picturesWaiting: number;
  readonly oldestHitMs: number | null;
  /** Without hits that ask for a discreet check: what a person at the node may see. */
  readonly openHitsWaiting: number;
  readonly oldestOpenHitMs: number | null;
  /** Of the open hits that wait, those for which the disk had no room yet. */
  readonly openHitsInMemory: number;
  readonly usedBytes: number;
};

/** What the statements count, `owed` what no disk had room to count yet, `held` the hits that are in memory only. */
export function outboxCounts(
  statements: Pick<ReturnType<typeof outboxStatements>, 'counters' | 'depth'>,
  owed: ReadonlyMap<OutboxCounter, number>,
  held: { readonly all: readonly WaitingHit[]; readonly open: readonly WaitingHit[] },
): Omit<OutboxCounts, 'usedBytes'> {
  const counted = new Map(statements.counters.all().map((row) => [row.name, row.value]));
  const depth = statements.depth.get();
  const counters = Object.fromEntries(
    outboxCounters.map((name) => [name, (counted.get(name) ?? 0) + (owed.get(name) ?? 0)]),
  );
  const oldestOpenHitMs = earliest([depth?.oldestOpenMs, ...held.open.map((hit) => hit.timeMs)]);
  return {
    ...(counters as Record<OutboxCounter, number>),
    hitsWaiting: (depth?.hits ?? 0) + held.all.length,
    picturesWaiting: depth?.pictures ?? 0,
    oldestHitMs: earliest([oldestOpenHitMs, depth?.oldestDiscreetMs, ...held.all.map((hit) => hit.timeMs)]),
    openHitsWaiting: (depth?.openHits ?? 0) + held.open.length,
    oldestOpenHitMs,
    openHitsInMemory: held.open.length,
  };
}

/** What counts a picture that is given up. */
export function dropCounter(kind: EvidenceKind): OutboxCounter {
  return kind === 'scene' ? 'scenesDropped' : 'platesDropped';
}

function earliest(times: readonly (number | null | undefined)[]): number | null {
  const known = times.filter((ms) => typeof ms === 'number');
  return known.length === 0 ? null : Math.min(...known);
}
