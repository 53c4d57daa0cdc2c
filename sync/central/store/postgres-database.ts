import pg from 'pg';
import { Fault } from '../../../config/foundation/fault.ts';
import { type Log, silentLog } from '../../../config/foundation/log.ts';
import type { SqlDatabase, SqlDialect, SqlSession, SqlTrouble, SqlValue } from './sql-database.ts';

export const postgresDialect: SqlDialect = { integer: 'BIGINT', bytes: 'BYTEA', tableEnd: '' };

const bigint = 20;
const connections = 4;
/** Times and counts stay far below 2^53, so a number holds them. */
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === bigint ? Number : pg.types.getTypeParser(oid, format),
};

/** SQLSTATE classes (https://www.postgresql.org/docs/current/errcodes-appendix.html) of a server that is not there for now. */
const awayClasses = ['08', '57', '40', '55'];

/** PostgreSQL over its own protocol, with a few connections; a lost one is made anew at the next statement. */
export class PostgresDatabase implements SqlDatabase {
  readonly #pool: pg.Pool;

  /** `url` is `postgres://USER@HOST:PORT/DATABASE`, with whatever parameters PostgreSQL's own programs take. */
  constructor(url: string, log: Log = silentLog) {
    this.#pool = new pg.Pool({
      connectionString: url,
      max: connections,
      connectionTimeoutMillis: 15_000,
      statement_timeout: 30_000,
      idle_in_transaction_session_timeout: 30_000,
      application_name: 'anpr-central',
      types,
    });
    // An idle connection that breaks is nobody's failure: the next statement opens another.
    this.#pool.on('error', () => log.event('warn', 'centre/store-disconnected'));
  }

  async query<Row extends object>(sql: string, values: readonly SqlValue[] = []): Promise<readonly Row[]> {
    return rowsOf<Row>(await this.#pool.query(sql, asParameters(values)));
  }

  async write<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    // Without a listener, a server that ends during the transaction would end this program too; the statement tells it.
    const ignore = (): void => undefined;
    client.on('error', ignore);
    let broken: Error | boolean = false;
    try {
      await client.query('BEGIN');
      const result = await work({
        query: async <Row extends object>(sql: string, values: readonly SqlValue[] = []) =>
          rowsOf<Row>(await client.query(sql, asParameters(values))),
      });
      await client.query('COMMIT');
      return result;
    } catch (error) {
      broken = this.troubleOf(error) !== null;
      if (!broken) await client.query('ROLLBACK');
      throw error;
    } finally {
      client.off('error', ignore);
      client.release(broken);
    }
  }

  /** The server's own business: vacuum and the archiving of its log are set up there. */
  async leaveNoCopies(): Promise<void> {}

  troubleOf(error: unknown): SqlTrouble | null {
    if (error instanceof pg.DatabaseError) {
      if (error.code === '53100') return 'no-room';
      return awayClasses.includes(error.code?.slice(0, 2) ?? '') || error.code?.startsWith('53') ? 'unavailable' : null;
    }
    // Of a server's name with several addresses (net.autoSelectFamily), each of which failed.
    if (error instanceof AggregateError)
      return error.errors.every((one) => this.troubleOf(one) === 'unavailable') ? 'unavailable' : null;
    // The driver gives failures of the connection as plain errors, some without a code; bugs have classes of their own.
    return error instanceof Error && (error.constructor === Error || 'syscall' in error) ? 'unavailable' : null;
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

/** Opens a database and says clearly when it does not answer. */
export async function connectPostgres(url: string, log?: Log): Promise<PostgresDatabase> {
  const database = new PostgresDatabase(url, log);
  try {
    await database.query('SELECT 1 AS one');
    return database;
  } catch (cause) {
    await database.close();
    throw new Fault(
      'centre/store-unreachable',
      `cannot use the PostgreSQL database at ${withoutPassword(url)}: ${cause instanceof Error ? cause.message || 'no answer' : 'no answer'}`,
      { cause },
    );
  }
}

function withoutPassword(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  return parsed === null ? 'the given address' : `${parsed.host}${parsed.pathname}`;
}

function asParameters(values: readonly SqlValue[]): (string | number | null | Buffer)[] {
  return values.map((value) =>
    value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value,
  );
}

function rowsOf<Row extends object>(result: pg.QueryResult): readonly Row[] {
  return result.rows as readonly Row[];
}
