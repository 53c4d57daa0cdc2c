import type { EvidenceKind } from '../../uplink/hit.ts';
import type { HitFilter, HitPage, HitQuery, StoredHit } from './hit-desk.ts';
import { type HitRow, selectHits, stateSql, storedHit } from './hit-rows.ts';
import type { SqlSession, SqlValue } from './sql-database.ts';

const mostHits = 500;

/** A page of hits, the latest arrival first. */
export async function findHits(session: SqlSession, query: HitQuery): Promise<HitPage> {
  const limit = Math.max(1, Math.min(mostHits, Math.floor(query.limit)));
  const values: SqlValue[] = [];
  const parameter = (value: SqlValue): string => `$${values.push(value)}`;
  const conditions = conditionsOf(query, parameter);
  const after = placeOf(query.after);
  if (after !== null) {
    const [ms, id] = [parameter(after.receivedMs), parameter(after.id)];
    conditions.push(`(h.received_ms < ${ms} OR (h.received_ms = ${ms} AND h.id < ${id}))`);
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const rows = await session.query<HitRow>(
    `${selectHits} ${where} ORDER BY h.received_ms DESC, h.id DESC LIMIT ${parameter(limit + 1)}`,
    values,
  );
  const hits = rows.slice(0, limit).map(storedHit);
  const last = hits.at(-1);
  return { hits, next: rows.length > limit && last ? `${last.receivedMs}/${last.hit.id}` : null };
}

export async function findHit(session: SqlSession, id: string): Promise<StoredHit | null> {
  const [row] = await session.query<HitRow>(`${selectHits} WHERE h.id = $1`, [id]);
  return row ? storedHit(row) : null;
}

export async function findPicture(session: SqlSession, hitId: string, kind: EvidenceKind): Promise<Uint8Array | null> {
  const [row] = await session.query<{ jpeg: Uint8Array }>('SELECT jpeg FROM pictures WHERE hit_id = $1 AND kind = $2', [
    hitId,
    kind,
  ]);
  return row?.jpeg ?? null;
}

const columns = {
  node: 'h.node',
  camera: 'h.camera',
  authority: 'h.authority',
  list: 'h.list',
  country: 'h.country',
  action: 'h.action',
  grade: 'h.grade',
  verdict: 'h.verdict',
} as const satisfies Partial<Record<keyof HitFilter, string>>;

function conditionsOf(filter: HitFilter, parameter: (value: SqlValue) => string): string[] {
  const conditions: string[] = [];
  for (const name of Object.keys(columns) as (keyof typeof columns)[]) {
    const value = filter[name];
    if (value !== undefined) conditions.push(`${columns[name]} = ${parameter(value)}`);
  }
  const { states, plate, fromMs, toMs } = filter;
  if (states !== undefined) conditions.push(`${stateSql} IN (${states.map(parameter).join(', ') || 'NULL'})`);
  if (plate !== undefined) {
    const text = parameter(plate);
    conditions.push(`(h.listed = ${text} OR h.read_as = ${text})`);
  }
  if (fromMs !== undefined) conditions.push(`h.received_ms >= ${parameter(Math.floor(fromMs))}`);
  if (toMs !== undefined) conditions.push(`h.received_ms < ${parameter(Math.floor(toMs))}`);
  return conditions;
}

function placeOf(text: string | undefined): { readonly receivedMs: number; readonly id: string } | null {
  const found = /^(\d{1,15})\/([0-9a-f-]{36})$/.exec(text ?? '');
  return found ? { receivedMs: Number(found[1]), id: found[2] ?? '' } : null;
}

/** Hits that changed after one number and up to another, in the order of their numbers. */
export async function hitsChanged(
  session: SqlSession,
  range: { readonly after: number; readonly upTo: number; readonly limit: number },
): Promise<readonly { readonly change: number; readonly stored: StoredHit }[]> {
  const rows = await session.query<HitRow>(
    `${selectHits} WHERE h.change > $1 AND h.change <= $2 ORDER BY h.change LIMIT $3`,
    [range.after, range.upTo, range.limit],
  );
  return rows.map((row) => ({ change: row.change, stored: storedHit(row) }));
}
