import type { EvidenceKind, Withdrawn } from '../../uplink/hit.ts';
import { sha256 } from '../../uplink/make-hit.ts';
import type { AddedHit, AddedPicture, AddedWithdrawal, ArrivedHit } from '../hit-store.ts';
import { takeNumbers } from './change-numbers.ts';
import { insertedColumns, rowOf } from './hit-rows.ts';
import type { SqlDatabase, SqlSession, SqlValue } from './sql-database.ts';

/** PostgreSQL takes 65,535 values in a statement, SQLite 32,766. */
const mostRows = 1_000;

/** Stores hits that are not there yet, in one transaction. */
export async function addHits(
  database: SqlDatabase,
  arrivals: readonly ArrivedHit[],
  receivedMs: number,
): Promise<readonly AddedHit[]> {
  if (arrivals.length > mostRows)
    return (
      await Promise.all([
        addHits(database, arrivals.slice(0, mostRows), receivedMs),
        addHits(database, arrivals.slice(mostRows), receivedMs),
      ])
    ).flat();
  if (arrivals.length === 0) return [];
  return database.write(async (session) => {
    const first = await takeNumbers(session, arrivals.length);
    const values = arrivals.flatMap((arrival, index) => rowOf(arrival, receivedMs, first + index));
    const inserted = await session.query<{ id: string }>(
      `INSERT INTO hits (${insertedColumns.join(', ')}) VALUES ${rowsOfParameters(arrivals.length)}
       ON CONFLICT (id) DO NOTHING RETURNING id`,
      values,
    );
    const bodies = inserted.length === arrivals.length ? new Map() : await bodiesOf(session, arrivals);
    const fresh = new Set(inserted.map(({ id }) => id));
    return arrivals.map(({ hit, body }) => {
      if (fresh.delete(hit.id)) return 'new';
      return bodies.get(hit.id)?.equals(body) ? 'duplicate' : 'conflict';
    });
  });
}

/** The bytes are judged and stored before numbers are taken, so that nobody waits for a slow picture. */
export async function addPicture(
  database: SqlDatabase,
  picture: { readonly node: string; readonly hitId: string; readonly kind: EvidenceKind; readonly jpeg: Uint8Array },
): Promise<AddedPicture> {
  const { node, hitId, kind, jpeg } = picture;
  const [announced] = await database.query<{ plate: string | null; scene: string | null }>(
    'SELECT plate_hash AS plate, scene_hash AS scene FROM hits WHERE id = $1 AND node = $2',
    [hitId, node],
  );
  if (!announced) return 'unknown-hit';
  if (announced[kind] !== sha256(jpeg)) return 'wrong-hash';
  return database.write(async (session) => {
    const added = await session.query(
      `INSERT INTO pictures (hit_id, kind, jpeg) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING kind`,
      [hitId, kind, jpeg],
    );
    if (added.length === 0) return 'duplicate';
    await noteChange(session, hitId);
    return 'new';
  });
}

/** A node takes a hit of its own back. */
export async function withdraw(database: SqlDatabase, withdrawn: Withdrawn, atMs: number): Promise<AddedWithdrawal> {
  const { hit, node, reason } = withdrawn.data;
  return database.write(async (session) => {
    const number = await takeNumbers(session, 1);
    const added = await session.query(
      `INSERT INTO withdrawals (hit_id, node, reason, at_ms) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING RETURNING hit_id`,
      [hit, node, reason, atMs],
    );
    if (added.length === 0) return 'duplicate';
    await session.query('UPDATE hits SET change = $1 WHERE id = $2 AND node = $3', [number, hit, node]);
    return 'new';
  });
}

async function noteChange(session: SqlSession, hitId: string): Promise<void> {
  await session.query('UPDATE hits SET change = $1 WHERE id = $2', [await takeNumbers(session, 1), hitId]);
}

async function bodiesOf(session: SqlSession, arrivals: readonly ArrivedHit[]): Promise<ReadonlyMap<string, Buffer>> {
  const ids: SqlValue[] = [...new Set(arrivals.map(({ hit }) => hit.id))];
  const list = ids.map((_, index) => `$${index + 1}`).join(', ');
  const rows = await session.query<{ id: string; body: Uint8Array }>(
    `SELECT id, body FROM hits WHERE id IN (${list})`,
    ids,
  );
  return new Map(rows.map(({ id, body }) => [id, Buffer.from(body)]));
}

/** `($1, $2 ...), ($17, $18 ...)`. */
function rowsOfParameters(rows: number): string {
  const width = insertedColumns.length;
  const row = (at: number): string =>
    `(${insertedColumns.map((_, column) => `$${at * width + column + 1}`).join(', ')})`;
  return Array.from({ length: rows }, (_, at) => row(at)).join(', ');
}
