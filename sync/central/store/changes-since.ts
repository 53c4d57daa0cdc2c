import { latestNumber } from './change-numbers.ts';
import { hitsChanged } from './find-hits.ts';
import type { Changes } from './hit-desk.ts';
import { nodesChanged } from './node-records.ts';
import type { SqlDatabase } from './sql-database.ts';

/** What changed after a cursor, at most `limit` hits. */
export async function changesSince(database: SqlDatabase, cursor: number, limit: number): Promise<Changes> {
  // The number is read first: what is committed after it keeps for the next question.
  const latest = await latestNumber(database);
  const changed = await hitsChanged(database, { after: cursor, upTo: latest, limit });
  const upTo = changed.length < limit ? latest : (changed.at(-1)?.change ?? latest);
  const nodes = await nodesChanged(database, cursor, upTo);
  return { cursor: upTo, hits: changed.map(({ stored }) => stored), nodes };
}
