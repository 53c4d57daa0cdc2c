import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = '/usr/sbin/mosquitto';

/** Whether tests against Mosquitto can run; where it must not be missing (continuous integration), its absence throws. */
export function mosquittoInstalled(): boolean {
  if (existsSync(program)) return true;
  if (process.env.CI) throw new Error(`${program} is missing: install Debian's package mosquitto`);
  console.warn(`skipped: ${program} is missing; install Debian's package mosquitto to run these tests`);
  return false;
}

export interface Mosquitto {
  readonly url: string;
  readonly port: number;
  /** Of the process that runs now. */
  readonly pid: number;
  /** Ends the process at once, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again on the same port; what it had not saved is gone. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Debian's Mosquitto on loopback for tests; `settings` are further lines of its configuration file. */
export async function startMosquitto(settings: readonly string[] = [], scheme = 'mqtt'): Promise<Mosquitto> {
  const anonymous = settings.some((line) => line.startsWith('allow_anonymous')) ? [] : ['allow_anonymous true'];
  const lines = (port: number) => [`listener ${port} 127.0.0.1`, 'user root', ...settings, ...anonymous];
  return startMosquittoAs(lines, scheme);
}

/** Mosquitto with a configuration of the test's own, which listens on the port it is given. */
export async function startMosquittoAs(
  configuration: (port: number) => readonly string[],
  scheme = 'mqtt',
): Promise<Mosquitto> {
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-mosquitto-'));
  const port = await freePort();
  const file = join(folder, 'mosquitto.conf');
  writeFileSync(file, `${configuration(port).join('\n')}\n`);
  let child = await launch(file, port);
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    port,
    get pid() {
      return child.pid ?? 0;
    },
    kill: () => end(child),
    async restart() {
      child = await launch(file, port);
    },
    async close() {
      const ended = end(child);
      // At once, for whoever is interrupted himself and cannot wait.
      rmSync(folder, { recursive: true, force: true });
      await ended;
    },
  };
}

async function launch(file: string, port: number): Promise<ChildProcess> {
  const child = spawn(program, ['-c', file], { stdio: 'ignore' });
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`mosquitto ended with code ${child.exitCode}`);
  }
  return child;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => setTimeout(resolve, 20, false));
  });
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

/** Below the ports that the system gives to outgoing connections: of those another test's may take one before the broker does, or while it restarts. */
const PORTS = { from: 12_000, to: 32_000 };

/** A port of loopback on which nothing listens now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
