import type { EvidenceKind, Withdrawn } from '../../uplink/hit.ts';
import { sha256 } from '../../uplink/make-hit.ts';
import type { AddedHit, AddedPicture, AddedWithdrawal, ArrivedHit, WithdrawOptions } from '../hit-store.ts';
import { takeNumbers } from './change-numbers.ts';
import { erasedAmong } from './erased-hits.ts';
import { insertedColumns, rowOf } from './hit-rows.ts';
import type { SqlDatabase, SqlSession, SqlValue } from './sql-database.ts';

/** PostgreSQL takes 65,535 values in a statement, SQLite 32,766. */
const mostRows = 1_000;

/** Stores hits that are not there yet and never were, in one transaction. */
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
    // From here on nobody erases: whoever does takes numbers before.
    const erased = await erasedAmong(
      session,
      arrivals.map(({ hit }) => hit.id),
    );
    const wanted = arrivals.filter(({ hit }) => !erased.has(hit.id));
    const fresh = wanted.length === 0 ? new Set<string>() : await insert(session, wanted, { receivedMs, first });
    const bodies = fresh.size === wanted.length ? new Map() : await bodiesOf(session, wanted);
    return arrivals.map(({ hit, body }) => {
      if (erased.has(hit.id)) return 'duplicate';
      if (fresh.delete(hit.id)) return 'new';
      return bodies.get(hit.id)?.equals(body) ? 'duplicate' : 'conflict';
    });
  });
}

/** Returns the ids of those that were not there. */
async function insert(
  session: SqlSession,
  arrivals: readonly ArrivedHit[],
  { receivedMs, first }: { readonly receivedMs: number; readonly first: number },
): Promise<Set<string>> {
  const inserted = await session.query<{ id: string }>(
    `INSERT INTO hits (${insertedColumns.join(', ')}) VALUES ${rowsOfParameters(arrivals.length)}
     ON CONFLICT (id) DO NOTHING RETURNING id`,
    arrivals.flatMap((arrival, index) => rowOf(arrival, receivedMs, first + index)),
  );
  return new Set(inserted.map(({ id }) => id));
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
  if (!announced) return (await erasedAmong(database, [hitId])).has(hitId) ? 'erased-hit' : 'unknown-hit';
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
export async function withdraw(
  database: SqlDatabase,
  { withdrawn, atMs, ofKnownHit }: WithdrawOptions & { readonly withdrawn: Withdrawn; readonly atMs: number },
): Promise<AddedWithdrawal> {
  const { hit, node, reason } = withdrawn.data;
  return database.write(async (session) => {
    const number = await takeNumbers(session, 1);
    if (ofKnownHit && !(await isKnown(session, hit, node))) return 'unknown-hit';
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

async function isKnown(session: SqlSession, hitId: string, node: string): Promise<boolean> {
  const found = await session.query('SELECT id FROM hits WHERE id = $1 AND node = $2', [hitId, node]);
  return found.length > 0 || (await erasedAmong(session, [hitId])).has(hitId);
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
