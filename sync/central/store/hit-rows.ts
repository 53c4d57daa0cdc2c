import { Fault } from '../../../config/foundation/fault.ts';
import { parseMessage } from '../../uplink/cloud-event.ts';
import { type Hit, hitSchema } from '../../uplink/hit.ts';
import { type VerdictWord, verdictWords } from '../../uplink/verdict.ts';
import type { ArrivedHit } from '../hit-store.ts';
import { type HitState, hitStates, type Mark, type StoredHit } from './hit-desk.ts';
import type { SqlValue } from './sql-database.ts';

export const insertedColumns = [
  ...['id', 'node', 'camera', 'authority', 'list', 'country', 'action', 'grade', 'listed', 'read_as'],
  ...['plate_hash', 'scene_hash', 'received_ms', 'change', 'event', 'body'],
] as const;

/** Values of `insertedColumns`. */
export function rowOf({ hit, body }: ArrivedHit, receivedMs: number, change: number): readonly SqlValue[] {
  const { node, observation, list, plate, entry, grade, evidence } = hit.data;
  return [
    ...[hit.id, node, observation.camera, list.authority, list.id, countryOf(hit), entry.action, grade],
    ...[plate.listed, plate.read.text, evidence.plate, evidence.scene, receivedMs, change, JSON.stringify(hit), body],
  ];
}

/** The vehicle's country: as listed, or as read where the list names none. */
export function countryOf(hit: Hit): string | null {
  return hit.data.plate.listedCountry ?? hit.data.plate.country;
}

/** Where a hit stands, as SQL over `h` (hits) and `w` (withdrawals). */
export const stateSql = `CASE WHEN h.verdict_ms IS NOT NULL THEN 'closed' WHEN w.at_ms IS NOT NULL THEN 'withdrawn'
  WHEN h.dispatched_ms IS NOT NULL THEN 'dispatched' WHEN h.seen_ms IS NOT NULL THEN 'seen' ELSE 'new' END`;

export const fromHits = 'FROM hits h LEFT JOIN withdrawals w ON w.hit_id = h.id AND w.node = h.node';

const hasPicture = (kind: string): string =>
  `CASE WHEN EXISTS (SELECT 1 FROM pictures p WHERE p.hit_id = h.id AND p.kind = '${kind}') THEN 1 ELSE 0 END`;

/** The columns of a `HitRow`. */
export const selectHits = `SELECT h.event, h.received_ms AS "receivedMs", h.change, ${stateSql} AS state,
  h.seen_by AS "seenBy", h.seen_ms AS "seenMs", h.dispatched_by AS "dispatchedBy", h.dispatched_ms AS "dispatchedMs",
  h.verdict, h.verdict_note AS "verdictNote", h.verdict_by AS "verdictBy", h.verdict_ms AS "verdictMs",
  w.reason AS "withdrawnReason", w.at_ms AS "withdrawnMs",
  ${hasPicture('plate')} AS "plateThere", ${hasPicture('scene')} AS "sceneThere"
  ${fromHits}`;

export interface HitRow {
  readonly event: string;
  readonly receivedMs: number;
  readonly change: number;
  readonly state: string;
  readonly seenBy: string | null;
  readonly seenMs: number | null;
  readonly dispatchedBy: string | null;
  readonly dispatchedMs: number | null;
  readonly verdict: string | null;
  readonly verdictNote: string | null;
  readonly verdictBy: string | null;
  readonly verdictMs: number | null;
  readonly withdrawnReason: string | null;
  readonly withdrawnMs: number | null;
  readonly plateThere: number;
  readonly sceneThere: number;
}

export function storedHit(row: HitRow): StoredHit {
  const verdict = mark(row.verdictBy, row.verdictMs);
  return {
    hit: hitOf(row.event),
    receivedMs: row.receivedMs,
    state: stateOf(row.state),
    seen: mark(row.seenBy, row.seenMs),
    dispatched: mark(row.dispatchedBy, row.dispatchedMs),
    verdict: verdict && { ...verdict, verdict: verdictOf(row.verdict), note: row.verdictNote ?? '' },
    withdrawn: row.withdrawnMs === null ? null : { reason: row.withdrawnReason ?? '', atMs: row.withdrawnMs },
    pictures: [...(row.plateThere ? (['plate'] as const) : []), ...(row.sceneThere ? (['scene'] as const) : [])],
  };
}

export function verdictOf(text: string | null): VerdictWord {
  return verdictWords.find((word) => word === text) ?? damaged();
}

function stateOf(text: string): HitState {
  return hitStates.find((state) => state === text) ?? damaged();
}

function mark(by: string | null, atMs: number | null): Mark | null {
  return by === null || atMs === null ? null : { by, atMs };
}

function hitOf(event: string): Hit {
  return parseMessage(hitSchema, Buffer.from(event), Number.POSITIVE_INFINITY) ?? damaged();
}

function damaged(): never {
  throw new Fault('centre/store-damaged', 'the store holds a hit that is none');
}
