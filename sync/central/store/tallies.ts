import { startOfUuidV7 } from '../../../config/foundation/uuid-v7.ts';
import { takeNumbers } from './change-numbers.ts';
import { type Dimension, type Period, responseStepsMs, type Tally, type TrafficCount } from './evaluation.ts';
import { fromHits } from './hit-rows.ts';
import type { SqlDatabase, SqlSession } from './sql-database.ts';

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

/** Small enough that a receiver never waits long. */
const erasedAtOnce = 500;

export interface EraseOptions {
  /** Also hits that a node made later, as it says: its clock was ahead. */
  readonly byArrivalAlone?: boolean | undefined;
}

/** As a text it comes after every id. */
const afterAllIds = 'z';

/**
 * Erases hits that arrived earlier, with pictures and history; what remains are counts. Returns how many were erased.
 *
 * Invariant: a hit goes only when the centre's clock at its arrival and its node's clock, which is in its id, both call it that old: one
 * that arrived while the centre's clock was years behind has perhaps been seen by nobody.
 */
export async function erase(database: SqlDatabase, beforeMs: number, options: EraseOptions = {}): Promise<number> {
  const beforeId = options.byArrivalAlone ? afterAllIds : startOfUuidV7(beforeMs);
  let erased = 0;
  for (;;) {
    const some = await database.write((session) => eraseSome(session, { beforeMs, beforeId }));
    erased += some;
    if (some < erasedAtOnce) break;
  }
  await database.leaveNoCopies();
  return erased;
}

async function eraseSome(
  session: SqlSession,
  { beforeMs, beforeId }: { readonly beforeMs: number; readonly beforeId: string },
): Promise<number> {
  await takeNumbers(session, 0);
  const old = [beforeMs, beforeId];
  const chosen = `SELECT id FROM hits WHERE received_ms < $1 AND id < $2 ORDER BY received_ms, id LIMIT ${erasedAtOnce}`;
  const columns = dimensions.join(', ');
  await session.query(
    `INSERT INTO tallies (${columns}, hits)
     SELECT ${columns}, COUNT(*) FROM (${hitsAsTallies} WHERE h.id IN (${chosen})) t WHERE 1 = 1 GROUP BY ${columns}
     ON CONFLICT (${columns}) DO UPDATE SET hits = tallies.hits + excluded.hits`,
    old,
  );
  const gone = await session.query(`DELETE FROM hits WHERE id IN (${chosen}) RETURNING id`, old);
  await session.query(
    `DELETE FROM withdrawals WHERE at_ms < $1 AND hit_id < $2
     AND NOT EXISTS (SELECT 1 FROM hits h WHERE h.id = withdrawals.hit_id)`,
    old,
  );
  return gone.length;
}
