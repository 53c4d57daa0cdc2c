import { existsSync } from 'node:fs';
import { Fault } from '../../../config/foundation/fault.ts';
import type { Log } from '../../../config/foundation/log.ts';
import { SqliteHitStore } from '../sqlite-hit-store.ts';
import { hitTables } from './hit-tables.ts';
import { connectPostgres, postgresDialect } from './postgres-database.ts';
import type { SqlSession } from './sql-database.ts';
import { SqlHitStore } from './sql-hit-store.ts';

/** Whether several machines can use this store. */
export function isServer(store: string): boolean {
  return /^postgres(ql)?:\/\//.test(store);
}

/** A store by its name: `postgres://...` is a PostgreSQL database, anything else a SQLite file, made when it does not exist. */
export async function openHitStore(store: string, log?: Log): Promise<SqlHitStore> {
  if (isServer(store)) return openPostgresHitStore(store, log);
  if (/^\w+:\/\//.test(store))
    throw new Fault('centre/bad-store', `${store} is no store; give a file's name or postgres://USER@HOST/DATABASE`);
  return SqliteHitStore.open(store);
}

/** The same of a store that was filled before: a mistyped name must not look like a centre without hits. Throws `centre/no-store`. */
export async function openFilledHitStore(store: string): Promise<SqlHitStore> {
  if (!/^\w+:\/\//.test(store) && !existsSync(store))
    throw new Fault(
      'centre/no-store',
      `there is no store ${store}; anpr-central hits --store ${store} makes and fills it`,
    );
  return openHitStore(store);
}

/** Any constant will do, as long as all who make these tables use it. */
const tablesLock = 1_213_288_772;

async function openPostgresHitStore(url: string, log?: Log): Promise<SqlHitStore> {
  const database = await connectPostgres(url, log);
  await database.write(async (session) => {
    // IF NOT EXISTS does not keep two processes from making the same table at the same time.
    await session.query('SELECT pg_advisory_xact_lock($1)', [tablesLock]);
    for (const statement of hitTables(postgresDialect))
      if (!(await isMade(session, statement))) await session.query(statement);
  });
  return new SqlHitStore(database);
}

/** IF NOT EXISTS locks the table of an index that is there, and so waits for receivers at work while they wait for it. */
async function isMade(session: SqlSession, statement: string): Promise<boolean> {
  const [, name] = /^CREATE (?:TABLE|INDEX) IF NOT EXISTS (\w+)/.exec(statement) ?? [];
  if (name === undefined) return false;
  const [found] = await session.query<{ made: boolean }>('SELECT to_regclass($1) IS NOT NULL AS made', [name]);
  return found?.made ?? false;
}
