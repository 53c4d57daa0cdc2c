import type { ChosenHits } from './erased-hits.ts';
import { type Dimension, type Period, responseStepsMs, type Tally, type TrafficCount } from './evaluation.ts';
import { fromHits } from './hit-rows.ts';
import type { SqlSession } from './sql-database.ts';

const after = (column: string): string =>
  `CASE WHEN ${column} IS NULL THEN -1 ${responseStepsMs
    .map((ms, step) => `WHEN ${column} - h.received_ms < ${ms} THEN ${step}`)
    .join(' ')} ELSE ${responseStepsMs.length} END`;

/** Each dimension as SQL over a hit. */
const expressions: Readonly<Record<Dimension, string>> = {
  day: 'h.received_ms / 86400000',
  node: 'h.node',
  camera: 'h.camera',
  authority: 'h.authority',
  list: 'h.list',
  country: "COALESCE(h.country, 'unknown')",
  action: 'h.action',
  grade: 'h.grade',
  outcome: "COALESCE(h.verdict, CASE WHEN w.at_ms IS NOT NULL THEN 'withdrawn' ELSE 'open' END)",
  seen_after: after('h.seen_ms'),
  dispatched_after: after('h.dispatched_ms'),
  verdict_after: after('h.verdict_ms'),
};
const dimensions = Object.keys(expressions) as Dimension[];
const hitsAsTallies = `SELECT ${dimensions.map((name) => `${expressions[name]} AS ${name}`).join(', ')}, 1 AS hits ${fromHits}`;

export async function tally<By extends Dimension>(
  session: SqlSession,
  { firstDay, lastDay }: Period,
  by: readonly By[],
): Promise<readonly Tally<By>[]> {
  const names = by.map((name) => `t.${name}`).join(', ');
  return session.query<Tally<By>>(
    `SELECT ${names}, CAST(SUM(t.hits) AS BIGINT) AS hits FROM (
       ${hitsAsTallies} WHERE h.received_ms >= $1 AND h.received_ms < $2
       UNION ALL SELECT ${dimensions.join(', ')}, hits FROM tallies WHERE day >= $3 AND day <= $4) t
     GROUP BY ${names} ORDER BY ${names}`,
    [firstDay * 86_400_000, (lastDay + 1) * 86_400_000, firstDay, lastDay],
  );
}

export async function traffic(session: SqlSession, { firstDay, lastDay }: Period): Promise<readonly TrafficCount[]> {
  return session.query<TrafficCount>(
    'SELECT day, node, counter, value FROM traffic WHERE day >= $1 AND day <= $2 ORDER BY day, node, counter',
    [firstDay, lastDay],
  );
}

/** To be called before hits are deleted, in the same transaction. */
export async function addToTallies(session: SqlSession, chosen: ChosenHits): Promise<void> {
  const columns = dimensions.join(', ');
  await session.query(
    `INSERT INTO tallies (${columns}, hits)
     SELECT ${columns}, COUNT(*) FROM (${hitsAsTallies} WHERE h.id IN (${chosen.sql})) t WHERE 1 = 1 GROUP BY ${columns}
     ON CONFLICT (${columns}) DO UPDATE SET hits = tallies.hits + excluded.hits`,
    chosen.values,
  );
}
