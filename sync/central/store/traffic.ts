import type { Health } from '../../uplink/health.ts';
import { dayOf } from './evaluation.ts';
import type { SqlSession } from './sql-database.ts';

/** The counters of a node's funnel that an evaluation needs; others that a node may send are not kept. */
export const keptCounters = ['frames', 'detected', 'read', 'passages'] as const;
export type KeptCounter = (typeof keptCounters)[number];

/** More than any camera can count between two messages, however long it was away; a larger number is a mistake or a lie. */
const mostGrowth = 1e10;

/** What the counters grew by since the last message. They begin at nought when the node's program starts. */
export function growth(known: Health | null, health: Health): ReadonlyMap<KeptCounter, number> {
  const restarted = known === null || health.upSeconds < known.upSeconds;
  const result = new Map<KeptCounter, number>();
  for (const counter of keptCounters) {
    const now = whole(health.funnel[counter]);
    const before = restarted ? 0 : whole(known.funnel[counter]);
    const grown = now < before ? now : now - before;
    if (grown > 0) result.set(counter, grown);
  }
  return result;
}

/** Adds to the day on which the message came: a node's own clock may be wrong. */
export async function addTraffic(
  session: SqlSession,
  node: string,
  atMs: number,
  grown: ReadonlyMap<KeptCounter, number>,
): Promise<void> {
  for (const [counter, value] of grown) {
    await session.query(
      `INSERT INTO traffic (day, node, counter, value) VALUES ($1, $2, $3, $4)
       ON CONFLICT (day, node, counter) DO UPDATE SET value = traffic.value + excluded.value`,
      [dayOf(atMs), node, counter, value],
    );
  }
}

function whole(value: number | undefined): number {
  return Math.min(mostGrowth, Math.floor(value ?? 0));
}
