import type { z } from 'zod';
import { Fault } from '../../../config/foundation/fault.ts';
import { parseMessage } from '../../uplink/cloud-event.ts';
import { type Health, healthSchema, type Presence, presenceSchema } from '../../uplink/health.ts';
import { takeNumbers } from './change-numbers.ts';
import type { NodeRecord } from './hit-desk.ts';
import type { SqlDatabase, SqlSession } from './sql-database.ts';
import { addTraffic, growth } from './traffic.ts';

/** Health that is older than what is known came late; where it is older than this, the node's clock was set back. */
const lateMs = 3_600_000;

export async function notePresence(database: SqlDatabase, presence: Presence, atMs: number): Promise<void> {
  const text = JSON.stringify(presence);
  const [known] = await database.query<{ presence: string | null }>('SELECT presence FROM nodes WHERE node = $1', [
    presence.node,
  ]);
  if (known?.presence === text) return;
  await database.write(async (session) => {
    const number = await takeNumbers(session, 1);
    await session.query(
      `INSERT INTO nodes (node, online, presence, presence_ms, change) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (node) DO UPDATE SET online = excluded.online, presence = excluded.presence,
         presence_ms = excluded.presence_ms, change = excluded.change`,
      [presence.node, presence.state === 'online' ? 1 : 0, text, atMs, number],
    );
  });
}

/** Several receivers hear the same message: the first counts it. */
export async function noteHealth(database: SqlDatabase, health: Health, atMs: number): Promise<void> {
  if (isOld(health, await knownHealth(database, health.node))) return;
  await database.write(async (session) => {
    const number = await takeNumbers(session, 1);
    const known = await knownHealth(session, health.node);
    if (isOld(health, known)) return;
    await session.query(
      `INSERT INTO nodes (node, online, health, health_ms, change) VALUES ($1, 0, $2, $3, $4)
       ON CONFLICT (node) DO UPDATE SET health = excluded.health, health_ms = excluded.health_ms, change = excluded.change`,
      [health.node, JSON.stringify(health), atMs, number],
    );
    await addTraffic(session, health.node, atMs, growth(known, health));
  });
}

interface NodeRow {
  readonly node: string;
  readonly presence: string | null;
  readonly presenceMs: number | null;
  readonly health: string | null;
  readonly healthMs: number | null;
  readonly lastHitMs: number | null;
}

const selectNodes = `SELECT n.node, n.presence, n.presence_ms AS "presenceMs", n.health, n.health_ms AS "healthMs",
  (SELECT MAX(h.received_ms) FROM hits h WHERE h.node = n.node) AS "lastHitMs" FROM nodes n`;

export async function allNodes(session: SqlSession): Promise<readonly NodeRecord[]> {
  return (await session.query<NodeRow>(`${selectNodes} ORDER BY n.node`)).map(nodeRecord);
}

export async function nodesChanged(session: SqlSession, after: number, upTo: number): Promise<readonly NodeRecord[]> {
  const rows = await session.query<NodeRow>(`${selectNodes} WHERE n.change > $1 AND n.change <= $2 ORDER BY n.change`, [
    after,
    upTo,
  ]);
  return rows.map(nodeRecord);
}

function isOld(health: Health, known: Health | null): boolean {
  if (known === null) return false;
  const laterMs = Date.parse(health.time) - Date.parse(known.time);
  return laterMs <= 0 && laterMs > -lateMs;
}

async function knownHealth(session: SqlSession, node: string): Promise<Health | null> {
  const [row] = await session.query<{ health: string | null }>('SELECT health FROM nodes WHERE node = $1', [node]);
  return row?.health ? said(healthSchema, row.health) : null;
}

function nodeRecord(row: NodeRow): NodeRecord {
  return {
    ...row,
    presence: row.presence === null ? null : said(presenceSchema, row.presence),
    health: row.health === null ? null : said(healthSchema, row.health),
  };
}

function said<Message>(schema: z.ZodType<Message>, text: string): Message {
  const message = parseMessage(schema, Buffer.from(text), Number.POSITIVE_INFINITY);
  if (message === null) throw new Fault('centre/store-damaged', "the store holds a node's message that is none");
  return message;
}
