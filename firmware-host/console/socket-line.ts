import { chmodSync, lstatSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { Fault } from '../../config/foundation/fault.ts';
import type { Log } from '../../config/foundation/log.ts';
import { pause } from '../../config/foundation/pause.ts';
import type { Service } from '../../config/foundation/service.ts';
import { runShell } from './shell.ts';
import type { ShellOptions } from './shell-session.ts';

export interface SocketLineOptions {
  readonly path: string;
  readonly shell: ShellOptions;
  readonly log: Log;
  readonly retryMs?: number;
}

const mostConnections = 4;
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
      log.event('warn', 'console/socket-unavailable', { path, code: failure.code });
      await pause(retryMs, signal);
    }
  }

  /** Serves until the signal aborts; tells what kept it from serving. */
  async #serve(signal: AbortSignal): Promise<Fault | null> {
    const { path, shell, log } = this.#options;
    if (Buffer.byteLength(path) > longestPathBytes)
      return new Fault('console/socket-path-too-long', `${path} is longer than ${longestPathBytes} bytes`);
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there !== undefined && !there.isSocket())
      return new Fault('console/socket-path-taken', `${path} is there and is no socket`);
    if (await answers(path)) return new Fault('console/socket-in-use', `another node answers on ${path}`);
    const staysThere = failureToRemove(path);
    if (staysThere !== null) return staysThere;

    const sittings = new Set<Promise<void>>();
    const server = createServer({ allowHalfOpen: true }, (socket: Socket) => {
      log.event('info', 'console/attached', { line: 'socket' });
      const sitting = runShell(socket, { ...shell, line: 'socket' }, signal).then(() => {
        log.event('info', 'console/detached', { line: 'socket' });
        socket.destroy();
        sittings.delete(sitting);
      });
      sittings.add(sitting);
    });
    server.maxConnections = mostConnections;
    const failure = await new Promise<Fault | null>((resolve) => {
      server.on('error', (cause) => resolve(new Fault('console/socket-failed', cause.message, { cause })));
      server.listen(path, () => {
        chmodSync(path, 0o660);
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

/** A read-only disk keeps the socket of the last start. */
function failureToRemove(path: string): Fault | null {
  try {
    rmSync(path, { force: true });
    return null;
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    return new Fault('console/socket-failed', cause.message, { cause });
  }
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
