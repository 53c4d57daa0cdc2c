import { dayOf } from './evaluation.ts';
import type { SqlSession, SqlValue } from './sql-database.ts';

/** Longer than any node keeps a hit, and than anybody is likely to keep one to send it again. */
const keptForDays = 400;

/** Hits about to be erased: what selects their ids, and the values in it. */
export interface ChosenHits {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Which of these hits were here and have been erased: a receipt may have got lost, and somebody may have kept a message. */
export async function erasedAmong(session: SqlSession, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const list = ids.map((_, index) => `$${index + 1}`).join(', ');
  const rows = await session.query<{ id: string }>(`SELECT id FROM erased_hits WHERE id IN (${list})`, ids);
  return new Set(rows.map(({ id }) => id));
}

/** To be called before the hits are deleted, in the same transaction. */
export async function noteErased(session: SqlSession, { sql, values }: ChosenHits, nowMs: number): Promise<void> {
  await session.query(
    `INSERT INTO erased_hits (id, day) SELECT id, CAST($${values.length + 1} AS BIGINT) FROM hits WHERE id IN (${sql})
     ON CONFLICT (id) DO NOTHING`,
    [...values, dayOf(nowMs)],
  );
}

/** What was erased so long ago is forgotten. */
export async function forgetErased(session: SqlSession, nowMs: number): Promise<void> {
  await session.query('DELETE FROM erased_hits WHERE day < $1', [dayOf(nowMs) - keptForDays]);
}
