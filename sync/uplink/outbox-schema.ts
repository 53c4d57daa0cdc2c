import type { Database } from '../database/database.ts';
import type { EvidenceKind } from './hit.ts';

/**
 * The outbox's tables. `urgency` sorts before time: a hit's priority, 1 (most urgent) to 9.
 * Evidence carries its hit's urgency and time, because the hit has been received, and is gone, before its pictures are sent.
 */
export const outboxSchema = `
  CREATE TABLE IF NOT EXISTS hits (
    id      TEXT PRIMARY KEY,            -- UUIDv7, the same at every resend
    urgency INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,            -- when it was made
    discreet INTEGER NOT NULL CHECK (discreet IN (0, 1)), -- 1: nothing on the node may tell that it exists
    body    BLOB NOT NULL                -- the message exactly as it is sent, each time
  ) STRICT;
  CREATE INDEX IF NOT EXISTS hits_in_order ON hits (urgency, time_ms, id);
  -- Counts and ages, asked for each second, without walking through the bodies.
  CREATE INDEX IF NOT EXISTS hits_by_age ON hits (discreet, time_ms);

  CREATE TABLE IF NOT EXISTS evidence (
    hit_id  TEXT NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('plate', 'scene')),
    urgency INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    jpeg    BLOB NOT NULL,
    PRIMARY KEY (hit_id, kind)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS evidence_in_order ON evidence (kind, urgency, time_ms, hit_id);

  -- Pictures whose hit the centre has, or one of several recipients: their turn has come. Plates sort before scenes.
  CREATE TABLE IF NOT EXISTS evidence_ready (
    kind    TEXT NOT NULL,
    urgency INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    hit_id  TEXT NOT NULL,
    PRIMARY KEY (kind, urgency, time_ms, hit_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS evidence_ready_by_hit ON evidence_ready (hit_id, kind);

  -- Counted in the same transaction as what they count, so they agree after a crash.
  CREATE TABLE IF NOT EXISTS counters (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

const text = {
  addHit: 'INSERT INTO hits (id, urgency, time_ms, discreet, body) VALUES (?, ?, ?, ?, ?)',
  addPicture: 'INSERT INTO evidence (hit_id, kind, urgency, time_ms, jpeg) VALUES (?, ?, ?, ?, ?)',
  count:
    'INSERT INTO counters (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value',
  counters: 'SELECT name, value FROM counters',
  depth: `SELECT (SELECT COUNT(*) FROM hits) AS hits, (SELECT COUNT(*) FROM evidence) AS pictures,
                 (SELECT COUNT(*) FROM hits WHERE discreet = 0) AS openHits,
                 (SELECT MIN(time_ms) FROM hits WHERE discreet = 0) AS oldestOpenMs,
                 (SELECT MIN(time_ms) FROM hits WHERE discreet = 1) AS oldestDiscreetMs`,
  hitsInOrder: 'SELECT id, urgency, time_ms AS timeMs FROM hits ORDER BY urgency, time_ms, id',
  hitPlace: 'SELECT urgency, discreet FROM hits WHERE id = ?',
  notWithdrawn: `SELECT id, body FROM hits WHERE id > ?
                 AND NOT EXISTS (SELECT 1 FROM withdrawn w WHERE w.hit_id = hits.id)
                 AND NOT EXISTS (SELECT 1 FROM withdrawn w WHERE w.id = hits.id)
                 ORDER BY id LIMIT ?`,
  hitBody: 'SELECT body FROM hits WHERE id = ?',
  picturesInOrder: `SELECT hit_id AS hitId, kind, EXISTS (SELECT 1 FROM hits WHERE id = hit_id) AS hitWaits
                    FROM evidence_ready ORDER BY kind, urgency, time_ms, hit_id`,
  picture: 'SELECT jpeg FROM evidence WHERE hit_id = ? AND kind = ?',
  removeHit: 'DELETE FROM hits WHERE id = ?',
  readyPictures: `INSERT OR IGNORE INTO evidence_ready (kind, urgency, time_ms, hit_id)
                  SELECT kind, urgency, time_ms, hit_id FROM evidence WHERE hit_id = ?`,
  unreadyPicture: `SELECT 1 FROM evidence e WHERE hit_id = ?
                   AND NOT EXISTS (SELECT 1 FROM evidence_ready r WHERE r.hit_id = e.hit_id AND r.kind = e.kind) LIMIT 1`,
  removeReady: 'DELETE FROM evidence_ready WHERE hit_id = ? AND kind = ?',
  removeAllReady: 'DELETE FROM evidence_ready WHERE hit_id = ?',
  removePicture: 'DELETE FROM evidence WHERE hit_id = ? AND kind = ?',
  removePictures: 'DELETE FROM evidence WHERE hit_id = ?',
  leastPicture: `SELECT hit_id AS hitId FROM evidence
                 WHERE kind = @kind AND urgency = (SELECT MAX(urgency) FROM evidence WHERE kind = @kind)
                 ORDER BY time_ms, hit_id LIMIT 1`,
  leastHit: `SELECT id, urgency, discreet FROM hits WHERE urgency = (SELECT MAX(urgency) FROM hits)
             ORDER BY time_ms, id LIMIT 1`,
} as const;

interface Depth {
  readonly hits: number;
  readonly pictures: number;
  readonly openHits: number;
  readonly oldestOpenMs: number | null;
  readonly oldestDiscreetMs: number | null;
}

export type PictureKey = { readonly hitId: string; readonly kind: EvidenceKind };
/** `hitWaits`: the hit is still here, for recipients that do not have it. */
export type ReadyPicture = PictureKey & { readonly hitWaits: 0 | 1 };

/** The outbox's statements, prepared once. */
export function outboxStatements(database: Database) {
  return {
    addHit: database.prepare<[string, number, number, 0 | 1, Uint8Array]>(text.addHit),
    addPicture: database.prepare<[string, string, number, number, Uint8Array]>(text.addPicture),
    count: database.prepare<[string, number]>(text.count),
    counters: database.prepare<[], { name: string; value: number }>(text.counters),
    depth: database.prepare<[], Depth>(text.depth),
    hitsInOrder: database.prepare<[], { id: string; urgency: number; timeMs: number }>(text.hitsInOrder),
    hitPlace: database.prepare<[string], { urgency: number; discreet: 0 | 1 }>(text.hitPlace),
    notWithdrawn: database.prepare<[string, number], { id: string; body: Uint8Array }>(text.notWithdrawn),
    hitBody: database.prepare<[string], { body: Uint8Array }>(text.hitBody),
    picturesInOrder: database.prepare<[], ReadyPicture>(text.picturesInOrder),
    picture: database.prepare<[string, string], { jpeg: Uint8Array }>(text.picture),
    removeHit: database.prepare<[string]>(text.removeHit),
    readyPictures: database.prepare<[string]>(text.readyPictures),
    unreadyPicture: database.prepare<[string], object>(text.unreadyPicture),
    removeReady: database.prepare<[string, string]>(text.removeReady),
    removeAllReady: database.prepare<[string]>(text.removeAllReady),
    removePicture: database.prepare<[string, string]>(text.removePicture),
    removePictures: database.prepare<[string]>(text.removePictures),
    leastPicture: database.prepare<[{ kind: EvidenceKind }], { hitId: string }>(text.leastPicture),
    leastHit: database.prepare<[], { id: string; urgency: number; discreet: 0 | 1 }>(text.leastHit),
  };
}
