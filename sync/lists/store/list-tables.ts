import { chunksPerPart } from './stored-layer.ts';

/** Which layout this is; a file of another one is set aside and filled anew. */
export const listLayout = 2;

/**
 * The node's list database.
 *
 * Invariant 1: `list.manifest` names only layers whose chunks are all present; it is what matches.
 * Invariant 2: a switch from one version to the next is the update of one row, so there is never half a version.
 * Invariant 3: (accepted_generation, accepted_version) never shrinks, not even when a list is revoked, unless what was accepted counts no more: its
 * authority signs with another key, or its area or the law has changed.
 * Invariant 4: a layer that `list.manifest` names has all its parts in `layer_part`.
 * Chunks never change; they belong to every layer that names their hash.
 */
export const listTables = `
  CREATE TABLE IF NOT EXISTS list (
    id                  INTEGER PRIMARY KEY,
    authority           TEXT NOT NULL,
    name                TEXT NOT NULL,
    accepted_generation INTEGER NOT NULL,
    accepted_version    INTEGER NOT NULL,
    accepted_sha256     TEXT NOT NULL,
    issued_ms           INTEGER NOT NULL,   -- of the accepted manifest: the clock cannot be earlier
    withdrawn           TEXT,               -- 'revoked' or 'outside-area': accepted, but holds nothing
    pending             BLOB,               -- signed manifest whose content is being fetched, or by which the list was withdrawn
    manifest            BLOB,               -- signed manifest of the complete version that matches
    UNIQUE (authority, name)
  ) STRICT;

  CREATE TABLE IF NOT EXISTS layer (
    id           INTEGER PRIMARY KEY,
    list         INTEGER NOT NULL REFERENCES list (id),
    index_sha256 TEXT NOT NULL,             -- as the manifest names it
    prefix_bits  INTEGER NOT NULL,
    UNIQUE (list, index_sha256)
  ) STRICT;

  CREATE TABLE IF NOT EXISTS layer_chunk (
    layer   INTEGER NOT NULL REFERENCES layer (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    sha256  BLOB NOT NULL,
    bytes   INTEGER NOT NULL,
    records INTEGER NOT NULL,
    PRIMARY KEY (layer, ordinal)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS layer_chunk_by_sha256 ON layer_chunk (sha256);

  CREATE TABLE IF NOT EXISTS chunk (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice: bucket ids derive from it
    sha256      BLOB NOT NULL UNIQUE,
    bucket_bits INTEGER NOT NULL,
    filter      BLOB NOT NULL
  ) STRICT;

  -- Of ${chunksPerPart} chunks each, in order, what matching keeps in memory (stored-layer.ts): side by side, so that a start reads them at once.
  CREATE TABLE IF NOT EXISTS layer_part (
    layer   INTEGER NOT NULL REFERENCES layer (id) ON DELETE CASCADE,
    part    INTEGER NOT NULL,
    heads   BLOB NOT NULL,
    filters BLOB NOT NULL,
    UNIQUE (layer, part)
  ) STRICT;

  -- A chunk's records in 2^bucket_bits pieces of about 2 KiB, by the bits of the look-up key after the chunk's prefix.
  CREATE TABLE IF NOT EXISTS bucket (
    id      INTEGER PRIMARY KEY,            -- chunk id * 256 + bucket
    records BLOB NOT NULL
  ) STRICT;

  -- List keys stay wrapped for the node's key pair; they are never here in clear.
  CREATE TABLE IF NOT EXISTS wrapped_key (
    list       TEXT NOT NULL,
    authority  TEXT NOT NULL,
    generation INTEGER NOT NULL,
    jwe        TEXT NOT NULL,
    PRIMARY KEY (authority, list, generation)
  ) STRICT, WITHOUT ROWID;
`;
