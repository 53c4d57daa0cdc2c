import { Fault } from '../../../config/foundation/fault.ts';
import type { SqlSession } from './sql-database.ts';

/**
 * Takes as many change numbers, in one transaction with what they number, and returns the first.
 * Invariant: from here to its end the transaction holds the only row of `changes`, so no other one commits numbers meanwhile: who
 * has read up to a number will never meet a lower one. It must therefore not wait for anything after this.
 */
export async function takeNumbers(session: SqlSession, count: number): Promise<number> {
  const [row] = await session.query<{ latest: number }>(
    'UPDATE changes SET latest = latest + $1 WHERE one = 1 RETURNING latest',
    [count],
  );
  if (!row) throw new Fault('centre/store-damaged', 'the store has lost count of its changes');
  return row.latest - count + 1;
}

export async function latestNumber(session: SqlSession): Promise<number> {
  const [row] = await session.query<{ latest: number }>('SELECT latest FROM changes');
  return row?.latest ?? 0;
}
