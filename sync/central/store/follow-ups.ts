import { uuidV7 } from '../../../config/foundation/uuid-v7.ts';
import type { VerdictWord } from '../../uplink/verdict.ts';
import { takeNumbers } from './change-numbers.ts';
import type { FollowedUp, FollowUp, FollowUpRecord, Mark } from './hit-desk.ts';
import { verdictOf } from './hit-rows.ts';
import type { SqlDatabase, SqlSession, SqlValue } from './sql-database.ts';

/** Records what an officer did. Whoever dispatches or judges has seen, too. */
export async function followUp(database: SqlDatabase, hitId: string, what: FollowUp, mark: Mark): Promise<FollowedUp> {
  return database.write(async (session) => {
    const number = await takeNumbers(session, 1);
    const { sql, values } = updateFor(what);
    const changed = await session.query(sql, [number, hitId, mark.by, mark.atMs, ...values]);
    if (changed.length === 0) {
      const known = await session.query('SELECT id FROM hits WHERE id = $1', [hitId]);
      return known.length === 0 ? 'unknown-hit' : 'already';
    }
    const [verdict, note] = what.step === 'verdict' ? [what.verdict, what.note] : [null, null];
    // Of a discreet hit its node is never told.
    await session.query(
      `INSERT INTO follow_ups (id, hit_id, step, verdict, note, by_whom, at_ms, number, told, tell_after_ms)
       SELECT $1, h.id, $2, $3, $4, $5, CAST($6 AS BIGINT), CAST($8 AS BIGINT), CASE h.action WHEN 'discreet-check' THEN 1 ELSE 0 END, 0
       FROM hits h WHERE h.id = $7`,
      [uuidV7(mark.atMs), what.step, verdict, note, mark.by, mark.atMs, hitId, number],
    );
    return 'done';
  });
}

/** `$1` is the change, `$2` the hit, `$3` and `$4` who and when. */
function updateFor(what: FollowUp): { readonly sql: string; readonly values: readonly SqlValue[] } {
  const seen = 'seen_by = COALESCE(seen_by, $3), seen_ms = COALESCE(seen_ms, $4)';
  switch (what.step) {
    case 'seen':
      return {
        sql: `UPDATE hits SET change = $1, ${seen} WHERE id = $2 AND seen_ms IS NULL RETURNING id`,
        values: [],
      };
    case 'dispatched':
      return {
        sql: `UPDATE hits SET change = $1, ${seen}, dispatched_by = $3, dispatched_ms = $4
              WHERE id = $2 AND dispatched_ms IS NULL RETURNING id`,
        values: [],
      };
    case 'verdict':
      return {
        sql: `UPDATE hits SET change = $1, ${seen}, verdict_by = $3, verdict_ms = $4, verdict = $5, verdict_note = $6
              WHERE id = $2 AND (verdict IS NULL OR verdict <> $5 OR verdict_note <> $6) RETURNING id`,
        values: [what.verdict, what.note],
      };
  }
}

interface FollowUpRow {
  readonly id: string;
  readonly step: string;
  readonly verdict: string | null;
  readonly note: string | null;
  readonly by: string;
  readonly atMs: number;
}

export async function historyOf(session: SqlSession, hitId: string): Promise<readonly FollowUpRecord[]> {
  const rows = await session.query<FollowUpRow>(
    `SELECT id, step, verdict, note, by_whom AS "by", at_ms AS "atMs" FROM follow_ups
     WHERE hit_id = $1 ORDER BY number`,
    [hitId],
  );
  return rows.map(({ id, by, atMs, ...row }) => ({ id, by, atMs, ...followUpOf(row) }));
}

/** What a node is still to be told. */
export interface UntoldFollowUp {
  readonly id: string;
  readonly hit: string;
  readonly node: string;
  readonly camera: string;
  readonly list: { readonly authority: string; readonly id: string };
  readonly step: FollowUp['step'];
  readonly verdict: VerdictWord | null;
  readonly atMs: number;
}

/** Takes some for the caller alone until `untilMs`; only those whose node is there to hear them. */
export async function claimUntold(
  database: SqlDatabase,
  claim: { readonly nowMs: number; readonly untilMs: number; readonly limit: number },
): Promise<readonly UntoldFollowUp[]> {
  const ids = await database.write(async (session) => {
    // The same row that numbers changes keeps two processes from claiming the same.
    await takeNumbers(session, 0);
    return session.query<{ id: string }>(
      `UPDATE follow_ups SET tell_after_ms = $1 WHERE id IN (
         SELECT f.id FROM follow_ups f JOIN hits h ON h.id = f.hit_id JOIN nodes n ON n.node = h.node
         WHERE f.told = 0 AND f.tell_after_ms <= $2 AND n.online = 1 ORDER BY f.number LIMIT $3)
       RETURNING id`,
      [claim.untilMs, claim.nowMs, claim.limit],
    );
  });
  if (ids.length === 0) return [];
  const rows = await database.query<
    FollowUpRow & { hit: string; node: string; camera: string; authority: string; list: string }
  >(
    `SELECT f.id, f.step, f.verdict, f.note, f.by_whom AS "by", f.at_ms AS "atMs", h.id AS hit, h.node, h.camera, h.authority, h.list
     FROM follow_ups f JOIN hits h ON h.id = f.hit_id WHERE f.id IN (${parameters(ids.length)}) ORDER BY f.number`,
    ids.map(({ id }) => id),
  );
  return rows.map(({ id, hit, node, camera, authority, list, atMs, ...row }) => {
    const { step, verdict } = { verdict: null, ...followUpOf(row) };
    return { id, hit, node, camera, list: { authority, id: list }, step, verdict, atMs };
  });
}

export async function markTold(database: SqlDatabase, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await database.write((session) =>
    session.query(`UPDATE follow_ups SET told = 1 WHERE id IN (${parameters(ids.length)})`, ids),
  );
}

function parameters(count: number): string {
  return Array.from({ length: count }, (_, index) => `$${index + 1}`).join(', ');
}

function followUpOf(row: {
  readonly step: string;
  readonly verdict: string | null;
  readonly note: string | null;
}): FollowUp {
  if (row.step === 'verdict') return { step: 'verdict', verdict: verdictOf(row.verdict), note: row.note ?? '' };
  return { step: row.step === 'dispatched' ? 'dispatched' : 'seen' };
}
