import { startOfUuidV7 } from '../../../config/foundation/uuid-v7.ts';
import { takeNumbers } from './change-numbers.ts';
import { type ChosenHits, forgetErased, noteErased } from './erased-hits.ts';
import type { SqlDatabase, SqlSession } from './sql-database.ts';
import { addToTallies } from './tallies.ts';

interface LotSize {
  readonly hits: number;
  readonly pictureBytes: number;
}

/**
 * Small enough that a receiver never waits long, and that a disk which is nearly full has room for it: until the commit, the log of
 * the database takes as many bytes as the pictures had.
 */
const usualLot: LotSize = { hits: 500, pictureBytes: 4 * 1024 * 1024 };
const smallerBy = 8;

export interface EraseOptions {
  /** Also hits that a node made later, as it says: its clock was ahead. */
  readonly byArrivalAlone?: boolean | undefined;
  readonly nowMs?: number | undefined;
  /** Hears of each lot that is gone for good, so that it is known of an erasing that fails later. */
  readonly onErased?: ((hits: number) => void) | undefined;
}

/** Hits that are as old as this by both clocks. */
interface Old {
  readonly beforeMs: number;
  readonly beforeId: string;
}

/** As a text it comes after every id. */
const afterAllIds = 'z';

/**
 * Erases hits that arrived earlier, with pictures and history; what remains are counts, and the ids for a while, so that none comes
 * again as a new one. Returns how many were erased.
 *
 * Invariant: a hit goes only when the centre's clock at its arrival and its node's clock, which is in its id, both call it that old: one
 * that arrived while the centre's clock was years behind has perhaps been seen by nobody.
 */
export async function erase(database: SqlDatabase, beforeMs: number, options: EraseOptions = {}): Promise<number> {
  const { byArrivalAlone, nowMs = Date.now(), onErased } = options;
  const old = { beforeMs, beforeId: byArrivalAlone ? afterAllIds : startOfUuidV7(beforeMs) };
  let total = 0;
  try {
    for (let most = usualLot, more = true; more; ) {
      try {
        const lot = await database.write((session) => eraseLot(session, old, { most, nowMs }));
        total += lot.erased;
        more = lot.more;
        if (lot.erased > 0) onErased?.(lot.erased);
      } catch (error) {
        if (database.troubleOf(error) !== 'no-room' || most.hits === 1) throw error;
        most = { hits: Math.ceil(most.hits / smallerBy), pictureBytes: most.pictureBytes / smallerBy };
      }
    }
  } finally {
    // What was erased before a failure must be gone too.
    await database.leaveNoCopies();
  }
  return total;
}

async function eraseLot(
  session: SqlSession,
  old: Old,
  { most, nowMs }: { readonly most: LotSize; readonly nowMs: number },
): Promise<{ readonly erased: number; readonly more: boolean }> {
  await takeNumbers(session, 0);
  const { chosen, more } = await chooseLot(session, old, most);
  let erased = 0;
  if (chosen !== null) {
    await addToTallies(session, chosen);
    await noteErased(session, chosen, nowMs);
    const { sql, values } = chosen;
    erased = (await session.query(`DELETE FROM hits WHERE id IN (${sql}) RETURNING id`, values)).length;
  }
  if (!more) await tidy(session, old, nowMs);
  return { erased, more };
}

/** The oldest, as many as go together; a hit with more pictures than that goes alone. */
async function chooseLot(
  session: SqlSession,
  { beforeMs, beforeId }: Old,
  most: LotSize,
): Promise<{ readonly chosen: ChosenHits | null; readonly more: boolean }> {
  const rows = await session.query<{ id: string; receivedMs: number; bytes: number }>(
    `SELECT h.id, h.received_ms AS "receivedMs",
       (SELECT COALESCE(SUM(LENGTH(p.jpeg)), 0) FROM pictures p WHERE p.hit_id = h.id) AS bytes
     FROM hits h WHERE h.received_ms < $1 AND h.id < $2 ORDER BY h.received_ms, h.id LIMIT ${most.hits}`,
    [beforeMs, beforeId],
  );
  let bytes = 0;
  const tooMuch = rows.findIndex((row, index) => {
    bytes += row.bytes;
    return index > 0 && bytes > most.pictureBytes;
  });
  const last = rows.at(tooMuch < 0 ? -1 : tooMuch - 1);
  if (last === undefined) return { chosen: null, more: false };
  const sql = 'SELECT id FROM hits WHERE received_ms <= $1 AND (received_ms < $1 OR id <= $2) AND id < $3';
  const chosen = { sql, values: [last.receivedMs, last.id, beforeId] };
  return { chosen, more: tooMuch >= 0 || rows.length === most.hits };
}

async function tidy(session: SqlSession, { beforeMs, beforeId }: Old, nowMs: number): Promise<void> {
  await session.query(
    `DELETE FROM withdrawals WHERE at_ms < $1 AND hit_id < $2
     AND NOT EXISTS (SELECT 1 FROM hits h WHERE h.id = withdrawals.hit_id)`,
    [beforeMs, beforeId],
  );
  await forgetErased(session, nowMs);
}
