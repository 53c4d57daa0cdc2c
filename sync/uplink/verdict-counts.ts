import { type Log, silentLog } from '../../config/foundation/log.ts';
import type { Service } from '../../config/foundation/service.ts';
import type { BrokerLink, BrokerMessage } from '../broker/broker-link.ts';
import { topics } from '../broker/topics.ts';
import { type Database, openDatabase } from '../database/database.ts';
import { takesNothing } from '../database/takes-nothing.ts';
import { parseMessage } from './cloud-event.ts';
import { maxVerdictBytes, type Verdict, type VerdictWord, verdictSchema } from './verdict.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS verdict_counts (
    authority TEXT NOT NULL,
    list      TEXT NOT NULL,
    camera    TEXT NOT NULL,
    word      TEXT NOT NULL,           -- seen, dispatched, or the verdict
    count     INTEGER NOT NULL,
    PRIMARY KEY (authority, list, camera, word)
  ) STRICT, WITHOUT ROWID;

  -- Ids of messages, not of hits: a message that comes again must not count twice.
  CREATE TABLE IF NOT EXISTS verdicts_heard (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
`;

/** Messages come again within a minute or at the next connection: many more are told apart than can be under way. */
const heardKept = 5_000;
/** Cameras times lists times words of any real node; a centre that sends more is not ours. */
const mostCounts = 5_000;

export interface VerdictCount {
  readonly authority: string;
  readonly list: string;
  readonly camera: string;
  readonly word: 'seen' | 'dispatched' | VerdictWord;
  readonly count: number;
}

export interface VerdictCountsOptions {
  readonly node: string;
  readonly link: BrokerLink;
  readonly database: Database;
  readonly log?: Log | undefined;
}

/**
 * What became of this node's hits, as counts per list and camera, from which a technician sees a camera that misreads. Which hit it was
 * is not kept; of discreet hits the centre says nothing.
 */
export class VerdictCounts implements Service {
  readonly name = 'verdict-counts';
  readonly #options: VerdictCountsOptions;
  readonly #log: Log;
  readonly #database: Database;
  readonly #count: (verdict: Verdict) => void;

  constructor(options: VerdictCountsOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
    this.#database = laidOut(options.database);
    this.#count = counting(this.#database);
  }

  /** Ordered by list, camera and word. */
  counts(): readonly VerdictCount[] {
    return this.#database
      .prepare<[], VerdictCount>('SELECT * FROM verdict_counts ORDER BY authority, list, camera, word')
      .all();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { link, node } = this.#options;
    if (signal.aborted) return;
    const leave = link.subscribe(topics.verdicts(node), (message) => this.#hear(message));
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    leave();
  }

  #hear(message: BrokerMessage): void {
    const verdict = parseMessage(verdictSchema, message.payload, maxVerdictBytes);
    if (verdict === null) this.#log.event('warn', 'uplink/verdict-rejected');
    else if (!this.#counted(verdict)) this.#log.event('warn', 'uplink/verdict-not-counted');
  }

  /** A disk without room costs a count and nothing more. */
  #counted(verdict: Verdict): boolean {
    try {
      this.#count(verdict);
      return true;
    } catch (error) {
      if (!takesNothing(error)) throw error;
      return false;
    }
  }
}

/** Where a disk has no room for the tables, what is counted until the next start is kept in memory. */
function laidOut(database: Database): Database {
  try {
    database.exec(schema);
    return database;
  } catch (error) {
    if (!takesNothing(error)) throw error;
  }
  const inMemory = openDatabase(':memory:');
  inMemory.exec(schema);
  return inMemory;
}

function counting(database: Database): (verdict: Verdict) => void {
  const hear = database.prepare<[string]>('INSERT INTO verdicts_heard (id) VALUES (?) ON CONFLICT DO NOTHING');
  const forget = database.prepare<[number]>(
    'DELETE FROM verdicts_heard WHERE id IN (SELECT id FROM verdicts_heard ORDER BY id DESC LIMIT -1 OFFSET ?)',
  );
  const rows = database.prepare<[], { rows: number }>('SELECT COUNT(*) AS rows FROM verdict_counts');
  const add = database.prepare<[string, string, string, string]>(
    `INSERT INTO verdict_counts (authority, list, camera, word, count) VALUES (?, ?, ?, ?, 1)
     ON CONFLICT (authority, list, camera, word) DO UPDATE SET count = count + 1`,
  );
  const count = database.transaction(({ id, data }: Verdict) => {
    if (hear.run(id).changes === 0 || (rows.get()?.rows ?? 0) >= mostCounts) return;
    forget.run(heardKept);
    add.run(data.list.authority, data.list.id, data.camera, data.step === 'verdict' ? data.verdict : data.step);
  });
  return (verdict) => count.immediate(verdict);
}
