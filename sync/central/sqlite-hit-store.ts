import { Fault } from '../../config/foundation/fault.ts';
import { type Database, openDatabase } from '../database/database.ts';
import { isDiskFull } from '../database/is-full.ts';
import { parseMessage } from '../uplink/cloud-event.ts';
import { type EvidenceKind, type Hit, hitSchema, maxHitBytes } from '../uplink/hit.ts';
import { sha256 } from '../uplink/make-hit.ts';
import type { AddedHit, AddedPicture, HitStore, HitStoreCounts, StoredHit } from './hit-store.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS hits (
    id          TEXT PRIMARY KEY,        -- the node's UUIDv7: de-duplication is this key
    node        TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    body        BLOB NOT NULL            -- the CloudEvent as it came
  ) STRICT;
  CREATE INDEX IF NOT EXISTS hits_by_arrival ON hits (received_ms, id);

  CREATE TABLE IF NOT EXISTS pictures (
    hit_id TEXT NOT NULL REFERENCES hits (id) ON DELETE CASCADE,
    kind   TEXT NOT NULL CHECK (kind IN ('plate', 'scene')),
    jpeg   BLOB NOT NULL,
    PRIMARY KEY (hit_id, kind)
  ) STRICT;
`;

interface HitRow {
  readonly body: Uint8Array;
  readonly receivedMs: number;
}

/** A centre's hits in one SQLite file, made when it does not exist. */
export class SqliteHitStore implements HitStore {
  readonly #database: Database;
  readonly #statements;

  static open(path: string): SqliteHitStore {
    return new SqliteHitStore(openDatabase(path));
  }

  constructor(database: Database) {
    this.#database = database;
    this.#database.exec(schema);
    this.#statements = prepareStatements(this.#database);
  }

  async addHit(hit: Hit, body: Uint8Array, receivedMs: number): Promise<AddedHit> {
    const changes = unlessFull(() => this.#statements.addHit.run(hit.id, hit.data.node, receivedMs, body).changes);
    if (changes === 'no-room') return 'no-room';
    if (changes === 1) return 'new';
    const first = this.#statements.hit.get(hit.id);
    return first && Buffer.from(first.body).equals(body) ? 'duplicate' : 'conflict';
  }

  async addPicture(node: string, hitId: string, kind: EvidenceKind, jpeg: Uint8Array): Promise<AddedPicture> {
    const row = this.#statements.hit.get(hitId);
    const hit = row && read(row).hit;
    if (!hit || hit.data.node !== node) return 'unknown-hit';
    if (hit.data.evidence[kind] !== sha256(jpeg)) return 'wrong-hash';
    const changes = unlessFull(() => this.#statements.addPicture.run(hitId, kind, jpeg).changes);
    if (changes === 'no-room') return 'no-room';
    return changes === 1 ? 'new' : 'duplicate';
  }

  async hit(id: string): Promise<StoredHit | null> {
    const row = this.#statements.hit.get(id);
    return row ? read(row) : null;
  }

  async picture(hitId: string, kind: EvidenceKind): Promise<Uint8Array | null> {
    return this.#statements.picture.get(hitId, kind)?.jpeg ?? null;
  }

  async latest(limit: number): Promise<readonly StoredHit[]> {
    return this.#statements.latest.all(limit).map(read);
  }

  async counts(): Promise<HitStoreCounts> {
    return this.#statements.counts.get() ?? { hits: 0, pictures: 0 };
  }

  async close(): Promise<void> {
    this.#database.close();
  }
}

function unlessFull(write: () => number): number | 'no-room' {
  try {
    return write();
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    return 'no-room';
  }
}

function prepareStatements(database: Database) {
  return {
    addHit: database.prepare<[string, string, number, Uint8Array]>(
      'INSERT INTO hits (id, node, received_ms, body) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
    ),
    addPicture: database.prepare<[string, string, Uint8Array]>(
      'INSERT INTO pictures (hit_id, kind, jpeg) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    hit: database.prepare<[string], HitRow>('SELECT body, received_ms AS receivedMs FROM hits WHERE id = ?'),
    picture: database.prepare<[string, string], { jpeg: Uint8Array }>(
      'SELECT jpeg FROM pictures WHERE hit_id = ? AND kind = ?',
    ),
    latest: database.prepare<[number], HitRow>(
      'SELECT body, received_ms AS receivedMs FROM hits ORDER BY received_ms DESC, id DESC LIMIT ?',
    ),
    counts: database.prepare<[], HitStoreCounts>(
      'SELECT (SELECT COUNT(*) FROM hits) AS hits, (SELECT COUNT(*) FROM pictures) AS pictures',
    ),
  };
}

function read(row: HitRow): StoredHit {
  const hit = parseMessage(hitSchema, row.body, maxHitBytes);
  if (hit === null) throw new Fault('centre/store-damaged', 'the store holds a hit that is none');
  return { hit, receivedMs: row.receivedMs };
}
