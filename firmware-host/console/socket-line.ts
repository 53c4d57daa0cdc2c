import { chmodSync, lstatSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { Fault } from '../../config/foundation/fault.ts';
import type { Log } from '../../config/foundation/log.ts';
import { pause } from '../../config/foundation/pause.ts';
import type { Service } from '../../config/foundation/service.ts';
import { runShell } from './shell.ts';
import type { ShellOptions } from './shell-session.ts';
import { turnAway } from './turn-away.ts';

export interface SocketLineOptions {
  readonly path: string;
  readonly shell: ShellOptions;
  readonly log: Log;
  readonly retryMs?: number;
  /** Whoever does not begin to log in keeps his place so long. */
  readonly unattendedMs?: number;
}

const mostSittings = 4;
/** With those who are being turned away; beyond these a flood is hung up on without a word. */
const mostConnections = 2 * mostSittings;
/** sockaddr_un has room for 108 bytes, the last one zero (unix(7)); a longer path would be cut silently. */
const longestPathBytes = 107;

/** The shell on a local socket that only the service's user and group may open; each connection has its own. */
export class SocketLine implements Service {
  readonly name = 'socket-console';
  readonly #options: SocketLineOptions;

  constructor(options: SocketLineOptions) {
    this.#options = options;
  }

  /** A socket that cannot be made costs the node its local console and nothing else; it is tried again. */
  async run(signal: AbortSignal): Promise<void> {
    const { path, log, retryMs = 30_000 } = this.#options;
    while (!signal.aborted) {
      const failure = await this.#serve(signal);
      if (failure === null) return;
      log.event('warn', 'console/socket-unavailable', { path, code: failure.code, reason: failure.message });
      await pause(retryMs, signal);
    }
  }

  /** Serves until the signal aborts; tells what kept it from serving. */
  async #serve(signal: AbortSignal): Promise<Fault | null> {
    const { path, shell, log, unattendedMs = 600_000 } = this.#options;
    if (Buffer.byteLength(path) > longestPathBytes)
      return new Fault('console/socket-path-too-long', `${path} is longer than ${longestPathBytes} bytes`);
    const there = attempt(() => lstatSync(path, { throwIfNoEntry: false }));
    if (there instanceof Fault) return there;
    if (there !== undefined && !there.isSocket())
      return new Fault('console/socket-path-taken', `${path} is there and is no socket`);
    if (await answers(path)) return new Fault('console/socket-in-use', `another node answers on ${path}`);
    // A read-only disk keeps the socket of the last start.
    const removed = attempt(() => rmSync(path, { force: true }));
    if (removed instanceof Fault) return removed;

    const sittings = new Set<Promise<void>>();
    const server = createServer({ allowHalfOpen: true }, (socket: Socket) => {
      if (sittings.size >= mostSittings) {
        log.event('warn', 'console/no-place', { line: 'socket' });
        turnAway(socket);
        return;
      }
      log.event('info', 'console/attached', { line: 'socket' });
      const sitting = runShell(socket, { ...shell, line: 'socket', unattendedMs }, signal).then(() => {
        log.event('info', 'console/detached', { line: 'socket' });
        socket.destroy();
        sittings.delete(sitting);
      });
      sittings.add(sitting);
    });
    server.maxConnections = mostConnections;
    const failure = await new Promise<Fault | null>((resolve) => {
      server.on('error', (cause) => resolve(failed(cause)));
      server.listen(path, () => {
        const closed = attempt(() => chmodSync(path, 0o660));
        if (closed instanceof Fault) {
          resolve(closed);
          return;
        }
        log.event('info', 'console/socket-opened', { path });
        if (signal.aborted) resolve(null);
        signal.addEventListener('abort', () => resolve(null), { once: true });
      });
    });
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await Promise.all(sittings);
    return failure;
  }
}

/** What the file system answers; a path that it refuses is a fault, for the operator may mend it while the node runs. */
function attempt<T>(ask: () => T): T | Fault {
  try {
    return ask();
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    return failed(cause);
  }
}

function failed(cause: Error): Fault {
  return new Fault('console/socket-failed', `${cause.message}: mend the path, or correct console.socketPath`, {
    cause,
  });
}

/** A socket file outlives a killed node; only one that answers is in use. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const tell = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => tell(true));
    socket.once('error', () => tell(false));
  });
}
