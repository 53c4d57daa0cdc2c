import type { SqlDialect } from './sql-database.ts';

/** The centre's tables, the same in SQLite and PostgreSQL. Times are milliseconds since 1970; `day` is days since then, UTC. */
export function hitTables({ integer, bytes, tableEnd }: SqlDialect): readonly string[] {
  return [
    `CREATE TABLE IF NOT EXISTS hits (
      id          TEXT PRIMARY KEY,          -- the node's UUIDv7: de-duplication is this key
      node        TEXT NOT NULL,
      camera      TEXT NOT NULL,
      authority   TEXT NOT NULL,
      list        TEXT NOT NULL,
      country     TEXT,                      -- listed, or read where the list names none
      action      TEXT NOT NULL,
      grade       TEXT NOT NULL,
      listed      TEXT NOT NULL,
      read_as     TEXT NOT NULL,
      plate_hash  TEXT,                      -- of the pictures that the hit announces
      scene_hash  TEXT,
      received_ms ${integer} NOT NULL,
      change      ${integer} NOT NULL,       -- number of the latest change, see changes
      seen_by          TEXT,
      seen_ms          ${integer},
      dispatched_by    TEXT,
      dispatched_ms    ${integer},
      verdict          TEXT,
      verdict_note     TEXT,
      verdict_by       TEXT,
      verdict_ms       ${integer},
      event       TEXT NOT NULL,             -- the hit, verified and opened
      body        ${bytes} NOT NULL          -- what proves it: the node's JWS, or an unsigned message
    )${tableEnd}`,
    'CREATE INDEX IF NOT EXISTS hits_by_arrival ON hits (received_ms, id)',
    'CREATE INDEX IF NOT EXISTS hits_by_change ON hits (change)',
    'CREATE INDEX IF NOT EXISTS hits_by_node ON hits (node, received_ms)',

    `CREATE TABLE IF NOT EXISTS pictures (
      hit_id TEXT NOT NULL REFERENCES hits (id) ON DELETE CASCADE,
      kind   TEXT NOT NULL CHECK (kind IN ('plate', 'scene')),
      jpeg   ${bytes} NOT NULL,
      PRIMARY KEY (hit_id, kind)
    )${tableEnd}`,

    // Kept apart from the hits, because with several receivers one may come before its hit.
    `CREATE TABLE IF NOT EXISTS withdrawals (
      hit_id TEXT NOT NULL,
      node   TEXT NOT NULL,                  -- only its own hits can a node take back
      reason TEXT NOT NULL,
      at_ms  ${integer} NOT NULL,
      PRIMARY KEY (hit_id, node)
    )${tableEnd}`,

    // Everything officers did, never changed; the newest also stands in hits.
    `CREATE TABLE IF NOT EXISTS follow_ups (
      id      TEXT PRIMARY KEY,              -- UUIDv7, also of the message to the node
      hit_id  TEXT NOT NULL REFERENCES hits (id) ON DELETE CASCADE,
      step    TEXT NOT NULL CHECK (step IN ('seen', 'dispatched', 'verdict')),
      verdict TEXT,
      note    TEXT,
      by_whom TEXT NOT NULL,
      at_ms   ${integer} NOT NULL,
      number  ${integer} NOT NULL,           -- of the change: the order in which things were done
      told    ${integer} NOT NULL,           -- 1: the node has been told, or must not be
      tell_after_ms ${integer} NOT NULL      -- a process is telling it until then
    )${tableEnd}`,
    'CREATE INDEX IF NOT EXISTS follow_ups_by_hit ON follow_ups (hit_id, number)',
    'CREATE INDEX IF NOT EXISTS follow_ups_untold ON follow_ups (tell_after_ms) WHERE told = 0',

    `CREATE TABLE IF NOT EXISTS nodes (
      node        TEXT PRIMARY KEY,
      online      ${integer} NOT NULL,
      presence    TEXT,                      -- its latest messages
      presence_ms ${integer},                -- and when they came
      health      TEXT,
      health_ms   ${integer},
      change      ${integer} NOT NULL
    )${tableEnd}`,

    // What the counters in the nodes' health messages grew by.
    `CREATE TABLE IF NOT EXISTS traffic (
      day     ${integer} NOT NULL,
      node    TEXT NOT NULL,
      counter TEXT NOT NULL,
      value   ${integer} NOT NULL,
      PRIMARY KEY (day, node, counter)
    )${tableEnd}`,

    // Erased hits as counts, so that an evaluation outlives them.
    `CREATE TABLE IF NOT EXISTS tallies (
      day       ${integer} NOT NULL,
      node      TEXT NOT NULL,
      camera    TEXT NOT NULL,
      authority TEXT NOT NULL,
      list      TEXT NOT NULL,
      country   TEXT NOT NULL,
      action    TEXT NOT NULL,
      grade     TEXT NOT NULL,
      outcome   TEXT NOT NULL,
      seen_after       ${integer} NOT NULL,  -- step of the response times, see response-times
      dispatched_after ${integer} NOT NULL,
      verdict_after    ${integer} NOT NULL,
      hits      ${integer} NOT NULL,
      PRIMARY KEY (day, node, camera, authority, list, country, action, grade, outcome,
                   seen_after, dispatched_after, verdict_after)
    )${tableEnd}`,

    // Hits that are here no more, so that one that is sent again is known. The id tells when its node made it, and nothing of a vehicle.
    `CREATE TABLE IF NOT EXISTS erased_hits (
      id  TEXT PRIMARY KEY,
      day ${integer} NOT NULL                -- when it was erased
    )${tableEnd}`,
    'CREATE INDEX IF NOT EXISTS erased_hits_by_day ON erased_hits (day)',

    // One row, made when it is first asked for: receivers on one database find each other by it.
    `CREATE TABLE IF NOT EXISTS store_name (
      one  ${integer} PRIMARY KEY CHECK (one = 1),
      name TEXT NOT NULL
    )${tableEnd}`,

    // One row. Whoever writes first takes numbers from it and so holds its row until the commit: numbers are committed in order.
    `CREATE TABLE IF NOT EXISTS changes (
      one    ${integer} PRIMARY KEY CHECK (one = 1),
      latest ${integer} NOT NULL
    )${tableEnd}`,
    'INSERT INTO changes (one, latest) VALUES (1, 0) ON CONFLICT (one) DO NOTHING',
  ];
}
