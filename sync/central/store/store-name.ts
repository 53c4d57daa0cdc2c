import { randomUUID } from 'node:crypto';
import type { SqlDatabase } from './sql-database.ts';

/** What tells this store from every other, made at the first asking and kept in it. */
export function storeName(database: SqlDatabase): Promise<string> {
  return database.write(async (session) => {
    const made = randomUUID();
    await session.query('INSERT INTO store_name (one, name) VALUES (1, $1) ON CONFLICT (one) DO NOTHING', [made]);
    const [kept] = await session.query<{ name: string }>('SELECT name FROM store_name');
    return kept?.name ?? made;
  });
}
