import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Debian keeps PostgreSQL's programs, one folder a version. */
const versions = '/usr/lib/postgresql';
/** PostgreSQL refuses to run as root: this is Debian's account for those who own nothing. */
const nobody = { uid: 65_534, gid: 65_534 };

/** Whether tests against PostgreSQL can run; where it must not be missing (continuous integration), its absence throws. */
export function postgresInstalled(): boolean {
  if (programs() !== null) return true;
  if (process.env.CI) throw new Error(`${versions} is missing: install Debian's package postgresql`);
  console.warn(`skipped: ${versions} is missing; install Debian's package postgresql to run these tests`);
  return false;
}

export interface Postgres {
  /** A new, empty database on it. */
  database(): string;
  /** Ends all its processes at once, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again with what it had committed. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface PostgresOptions {
  /** Whether commits wait for the disk; tests need that only where they measure. Off, `kill` still loses nothing. */
  readonly durable?: boolean;
}

/** Debian's PostgreSQL on a socket in a folder of its own, gone with `close`. */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-postgres-'));
  const bin = programs();
  if (bin === null) throw new Error(`${versions} is missing: install Debian's package postgresql`);
  const account = process.getuid?.() === 0 ? nobody : null;
  if (account) chownSync(folder, account.uid, account.gid);
  const data = join(folder, 'data');
  const run = (program: string, args: readonly string[]): void => {
    execFileSync(join(bin, program), args, { ...account, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  run('initdb', ['-D', data, '-U', 'centre', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']);
  const settings = `-c listen_addresses='' -c unix_socket_directories=${folder} -c max_connections=50 -c fsync=${options.durable ? 'on' : 'off'}`;
  const start = (): void =>
    run('pg_ctl', ['-D', data, '-w', '-t', '60', '-l', join(folder, 'log'), '-o', settings, 'start']);
  const stop = (): void => run('pg_ctl', ['-D', data, '-w', '-m', 'immediate', 'stop']);
  start();
  let databases = 0;
  return {
    database() {
      databases += 1;
      const name = `centre_${databases}`;
      run('createdb', ['-h', folder, '-U', 'centre', name]);
      return `postgres://centre@/${name}?host=${encodeURIComponent(folder)}`;
    },
    kill: async () => stop(),
    restart: async () => start(),
    async close() {
      if (existsSync(join(data, 'postmaster.pid'))) stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function programs(): string | null {
  if (!existsSync(versions)) return null;
  const newest = readdirSync(versions)
    .filter((name) => existsSync(join(versions, name, 'bin', 'initdb')))
    .sort((a, b) => Number(a) - Number(b))
    .at(-1);
  return newest === undefined ? null : join(versions, newest, 'bin');
}
