import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Log, silentLog } from '../../../config/foundation/log.ts';
import { hashPassword } from '../../log-in/password.ts';
import { SqliteHitStore } from '../sqlite-hit-store.ts';
import { listenAddress } from './listen-address.ts';
import { openWebUsers, type WebUsers } from './officers.ts';
import { WebServer, type WebServerOptions } from './web-server.ts';

export const officersPassword = 'correct horse battery';

/** A page over a real store, with an officer and a viewer, on a port chosen at run time. */
export interface WebSite {
  readonly url: string;
  readonly port: number;
  readonly store: SqliteHitStore;
  readonly users: WebUsers;
  /** Moves the clock of sessions and limits. */
  readonly steady: { ms: number };
  close(): Promise<void>;
}

/** Cheap on purpose: these tests log in often. */
const cost = { cost: 16, blockSize: 8, lanes: 1 };

export async function openWebSite(changes: Partial<WebServerOptions> = {}): Promise<WebSite> {
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-web-'));
  const store = SqliteHitStore.open(join(folder, 'hits.sqlite'));
  const users = openWebUsers(join(folder, 'users.json'));
  for (const [name, role] of [
    ['k.jansen', 'officer'],
    ['m.dubois', 'officer'],
    ['a.peeters', 'viewer'],
  ] as const)
    users.put(name, role, await hashPassword(officersPassword, cost), 1_000);
  const steady = { ms: 0 };
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const url = await new Promise<string>((onListening, reject) => {
    const server = new WebServer({
      address: listenAddress('127.0.0.1:0'),
      tls: null,
      desk: store,
      users,
      idleMs: 30 * 60_000,
      log: silentLog,
      steadyMs: () => steady.ms,
      onListening,
      ...changes,
    });
    running = server.run(stop.signal);
    running.catch(reject);
  });
  return {
    url,
    port: Number(new URL(url).port),
    store,
    users,
    steady,
    async close() {
      stop.abort();
      await running;
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly json: () => unknown;
}

/** A request byte for byte as asked: no browser that would refuse to send it. */
export function ask(url: string, path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answered> {
  const { hostname, port, protocol } = new URL(url);
  const make = protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const options = { hostname, port, path, method, headers, agent: false, rejectUnauthorized: false };
    const request = make(options, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const whole = Buffer.concat(parts);
        const json = () => JSON.parse(whole.toString()) as unknown;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: whole, json });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** What a logged-in page sends with every request, and with every change. */
export interface LoggedIn {
  readonly cookie: string;
  readonly headers: Readonly<Record<string, string>>;
}

export async function logIn(url: string, name: string, password = officersPassword): Promise<LoggedIn> {
  const answer = await askToLogIn(url, name, password);
  const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  const { csrf } = answer.json() as { csrf: string };
  return {
    cookie,
    headers: { cookie, origin: new URL(url).origin, 'x-csrf-token': csrf, 'content-type': 'application/json' },
  };
}

export function askToLogIn(url: string, name: string, password: string): Promise<Answered> {
  const headers = { origin: new URL(url).origin, 'content-type': 'application/json' };
  return ask(url, '/api/session', { method: 'POST', headers, body: JSON.stringify({ name, password }) });
}

/** A log that keeps what it is told. */
export function keptLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  return { lines, event: (level, event, fields) => lines.push(JSON.stringify({ level, event, ...fields })) };
}
