import type { ListIdentity } from '../sealing/seal.ts';
import type { ListDatabase } from './list-database.ts';

/** A row of `list`; see list-tables.ts. */
export interface ListRow {
  readonly id: number;
  readonly authority: string;
  readonly name: string;
  readonly accepted_generation: number;
  readonly accepted_version: number;
  readonly accepted_sha256: string;
  readonly issued_ms: number;
  readonly withdrawn: 'revoked' | 'outside-area' | null;
  readonly pending: Buffer | null;
  readonly manifest: Buffer | null;
}

/** How new a list was in a database that was given up. */
export interface VersionFloor {
  readonly authority: string;
  readonly list: string;
  readonly generation: number;
  readonly version: number;
  readonly issuedMs: number;
}

/** The columns of a VersionFloor, from `list`. What is a floor already, without a hash, is not lowered once more. */
export const floorColumns = `authority, name AS list, accepted_generation AS generation,
  accepted_version + (accepted_sha256 = '') AS version, issued_ms AS issuedMs`;

/** A chunk as a layer names it. */
interface NamedChunk {
  readonly ordinal: number;
  readonly sha256: Buffer;
  readonly bytes: number;
  readonly records: number;
}

/** Everything the list store asks of its database, prepared once. */
export function listStatements(database: Pick<ListDatabase, 'prepare'>) {
  return {
    lists: database.prepare<[], ListRow>('SELECT * FROM list ORDER BY authority, name'),
    list: database.prepare<[string, string], ListRow>('SELECT * FROM list WHERE authority = ? AND name = ?'),
    floor: database.prepare<[string, string], VersionFloor>(
      `SELECT ${floorColumns} FROM list WHERE authority = ? AND name = ?`,
    ),
    latestIssued: database.prepare<[string], { ms: number | null }>(
      'SELECT max(issued_ms) AS ms FROM list WHERE authority = ?',
    ),
    // A revocation may come in an older generation, of a centre that was put back; what is remembered does not shrink by it.
    moveHead: database.prepare(
      `INSERT INTO list (authority, name, accepted_generation, accepted_version, accepted_sha256, issued_ms,
                         withdrawn, pending)
       VALUES (@authority, @list, @generation, @version, @sha256, @issuedMs, @withdrawn, @pending)
       ON CONFLICT (authority, name) DO UPDATE SET
         accepted_generation = max(@generation, accepted_generation), accepted_version = @version,
         accepted_sha256 = @sha256,
         issued_ms = @issuedMs, withdrawn = @withdrawn, pending = @pending,
         manifest = CASE WHEN @withdrawn IS NULL THEN manifest END
       WHERE @version > accepted_version AND (@generation >= accepted_generation OR @withdrawn = 'revoked')`,
    ),
    raiseFloor: database.prepare(
      `INSERT OR IGNORE INTO list (authority, name, accepted_generation, accepted_version, accepted_sha256, issued_ms)
       VALUES (?, ?, ?, ?, '', ?)`,
    ),
    dropPending: database.prepare('UPDATE list SET pending = NULL WHERE authority = ? AND name = ?'),
    switchTo: database.prepare('UPDATE list SET manifest = pending, pending = NULL WHERE authority = ? AND name = ?'),
    dropList: database.prepare('DELETE FROM list WHERE id = ?'),

    layer: database.prepare<[string, string, string], { id: number; prefix_bits: number }>(
      `SELECT layer.id, prefix_bits FROM layer JOIN list ON list.id = layer.list
       WHERE authority = ? AND name = ? AND index_sha256 = ?`,
    ),
    layersOf: database.prepare<[number], { id: number; index_sha256: string }>(
      'SELECT id, index_sha256 FROM layer WHERE list = ?',
    ),
    insertLayer: database.prepare('INSERT INTO layer (list, index_sha256, prefix_bits) VALUES (?, ?, ?)'),
    insertLayerChunk: database.prepare('INSERT INTO layer_chunk VALUES (?, ?, ?, ?, ?)'),
    dropLayer: database.prepare('DELETE FROM layer WHERE id = ?'),
    dropLayersOf: database.prepare('DELETE FROM layer WHERE list = ?'),
    missingChunks: database.prepare<[number], NamedChunk>(
      `SELECT ordinal, layer_chunk.sha256, bytes, records FROM layer_chunk LEFT JOIN chunk USING (sha256)
       WHERE layer = ? AND chunk.id IS NULL ORDER BY ordinal`,
    ),
    missingCount: database.prepare<[number], { count: number }>(
      `SELECT count(*) AS count FROM layer_chunk LEFT JOIN chunk USING (sha256) WHERE layer = ? AND chunk.id IS NULL`,
    ),
    chunksFrom: database.prepare<[number, number, number], { id: number; bucketBits: number; filter: Buffer }>(
      `SELECT chunk.id, bucket_bits AS bucketBits, filter FROM layer_chunk JOIN chunk USING (sha256)
       WHERE layer = ? AND ordinal >= ? AND ordinal < ? ORDER BY ordinal`,
    ),
    insertPart: database.prepare<[number, number, Buffer, Buffer]>('INSERT INTO layer_part VALUES (?, ?, ?, ?)'),
    partsOf: database.prepare<[number], { parts: number; filterBytes: number | null }>(
      'SELECT count(*) AS parts, sum(length(filters)) AS filterBytes FROM layer_part WHERE layer = ?',
    ),
    part: database.prepare<[number, number], { heads: Buffer; filters: Buffer }>(
      'SELECT heads, filters FROM layer_part WHERE layer = ? AND part = ?',
    ),
    filterBytesOf: database.prepare<[number], { bytes: number | null }>(
      'SELECT sum(length(filter)) AS bytes FROM layer_chunk JOIN chunk USING (sha256) WHERE layer = ?',
    ),
    readParts: database.prepare<[number], { heads: Buffer; filters: Buffer }>(
      'SELECT heads, filters FROM layer_part WHERE layer = ? ORDER BY part',
    ),

    insertChunk: database.prepare('INSERT OR IGNORE INTO chunk (sha256, bucket_bits, filter) VALUES (?, ?, ?)'),
    unusedChunks: database.prepare<[number], { id: number }>(
      `SELECT id FROM chunk WHERE NOT EXISTS (SELECT 1 FROM layer_chunk WHERE layer_chunk.sha256 = chunk.sha256)
       LIMIT ?`,
    ),
    dropChunk: database.prepare('DELETE FROM chunk WHERE id = ?'),
    insertBucket: database.prepare('INSERT INTO bucket VALUES (?, ?)'),
    bucket: database.prepare<[number], { records: Buffer }>('SELECT records FROM bucket WHERE id = ?'),
    dropBuckets: database.prepare('DELETE FROM bucket WHERE id >= ? AND id < ?'),

    wrappedKeys: database.prepare<[], ListIdentity & { readonly jwe: string }>(
      'SELECT authority, list, generation, jwe FROM wrapped_key',
    ),
    putWrappedKey: database.prepare(
      `INSERT INTO wrapped_key (authority, list, generation, jwe) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET jwe = excluded.jwe`,
    ),
    dropKeysBefore: database.prepare('DELETE FROM wrapped_key WHERE authority = ? AND list = ? AND generation < ?'),
    dropStrayKeys: database.prepare(
      `DELETE FROM wrapped_key WHERE NOT EXISTS
         (SELECT 1 FROM list WHERE list.authority = wrapped_key.authority AND list.name = wrapped_key.list)`,
    ),
    dropKeysOf: database.prepare('DELETE FROM wrapped_key WHERE authority = ? AND list = ?'),
  };
}
