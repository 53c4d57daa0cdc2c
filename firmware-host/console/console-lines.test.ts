import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Log } from '../../config/foundation/log.ts';
import type { Service } from '../../config/foundation/service.ts';
import { ConsoleService } from './console-service.ts';
import { SerialCable, socatInstalled } from './serial-cable.ts';
import { closeSerialPort, openSerialPort, SerialLine } from './serial-line.ts';
import { shellOptions } from './shell-options.fixture.ts';
import { SocketLine } from './socket-line.ts';
import { Terminal } from './terminal.ts';

const shell = shellOptions();
const prompt = /nl-a16-1> /;

let folder: string;
let stop: AbortController;
let running: Promise<void>;
const closing: (() => unknown)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'console-'));
  stop = new AbortController();
  running = Promise.resolve();
});
afterEach(async () => {
  stop.abort();
  await running;
  for (const close of closing.splice(0)) await close();
  rmSync(folder, { recursive: true });
});

/** Runs the service, and resolves when it has said this event so many times. */
function start(make: (log: Log) => Service): { readonly said: (event: string, times?: number) => Promise<void> } {
  const counts = new Map<string, number>();
  const heard = new EventEmitter();
  const log: Log = {
    event(_level, event) {
      counts.set(event, (counts.get(event) ?? 0) + 1);
      heard.emit('event');
    },
  };
  running = make(log).run(stop.signal);
  return {
    async said(event, times = 1) {
      while ((counts.get(event) ?? 0) < times) await once(heard, 'event');
    },
  };
}

function terminal(wire: Duplex): Terminal {
  closing.push(() => wire.destroy());
  return new Terminal(wire);
}

async function serialTerminal(path: string): Promise<Terminal> {
  const port = await openSerialPort(path, 115_200);
  if (port instanceof Error) throw port;
  closing.push(() => closeSerialPort(port));
  return new Terminal(port);
}

/** One suite for every kind of wire. */
function speaksAsAConsole(dial: () => Promise<Terminal>): void {
  test('answers status', async () => {
    const laptop = await dial();
    await laptop.type('status\r');
    expect(await laptop.until(/disk +ok.*free/)).toContain('This node is healthy.');
    await laptop.until(prompt);
  });

  test('completes, recalls and edits over the wire', async () => {
    const laptop = await dial();
    await laptop.type('ver\t\r');
    await laptop.until(/Hazeldonk 0\.1\.0, Node/);
    await laptop.type('\x1b[A\r');
    await laptop.until(/Hazeldonk 0\.1\.0, Node/);
    await laptop.type('lijk\x7f\x7fnk\r');
    await laptop.until(/broker +mqtts:\/\/broker\.example/);
  });

  test('understands a command after garbage', async () => {
    const laptop = await dial();
    // All bytes but Ctrl-D, which is no garbage: it asks to hang up.
    const garbage = Uint8Array.from(
      { length: 20_000 },
      (_, index) => (index * 7919 + (index >> 3) * 104_729) & 0xff,
    ).filter((byte) => byte !== 0x04);
    await laptop.type(garbage);
    await laptop.type('\x03\x03q\x15version\r');
    await laptop.until(/Hazeldonk 0\.1\.0, Node/);
  });

  test('survives 8 MB without an end of line: answers next to nothing, keeps next to nothing, and listens again', async () => {
    const laptop = await dial();
    await laptop.type('\r');
    await laptop.until(prompt);
    const before = { bytes: laptop.bytes, memory: process.memoryUsage(), cpu: process.cpuUsage() };
    const piece = Buffer.alloc(64 * 1024, 'a');
    for (let sent = 0; sent < 8 * 1024 * 1024; sent += piece.length) await laptop.type(piece);
    await laptop.type('\x03version\r');
    await laptop.until(/Hazeldonk 0\.1\.0, Node/);
    const { heapUsed, external } = process.memoryUsage();
    expect(laptop.bytes - before.bytes).toBeLessThan(64 * 1024);
    expect(heapUsed + external - before.memory.heapUsed - before.memory.external).toBeLessThan(48e6);
    const { user, system } = process.cpuUsage(before.cpu);
    // serialport's own DelimiterParser needs 30 s for this; both ends of the wire are counted here.
    expect((user + system) / 1e6).toBeLessThan(12);
  });
}

const noSocat = !socatInstalled();
if (noSocat && !process.env.CI)
  console.warn('socat is not installed: the serial console is not tested on this machine');

describe.skipIf(noSocat && !process.env.CI)('serial console on a pseudo-terminal', () => {
  let cable: SerialCable;
  let service: ReturnType<typeof start>;

  beforeEach(async () => {
    cable = new SerialCable(folder);
    await cable.plugIn();
    service = start(
      (log) =>
        new SerialLine({ path: cable.nodeEnd, baudRate: 115_200, shell, log, reopenFirstMs: 5, reopenLongestMs: 5 }),
    );
    await service.said('console/serial-opened');
  });
  afterEach(async () => {
    stop.abort();
    await running;
    await cable.pullOut();
  });

  const dial = () => serialTerminal(cable.laptopEnd);
  speaksAsAConsole(dial);

  test('a cable pulled in the middle of a word and plugged in again finds a fresh prompt', async () => {
    const before = await dial();
    await before.type('\rstat');
    await before.until(/> stat/);
    await cable.pullOut();
    await service.said('console/serial-lost');
    await before.untilGone();
    await service.said('console/serial-unavailable');
    await cable.plugIn();
    await service.said('console/serial-opened', 2);
    const after = await dial();
    await after.type('version\r');
    expect(await after.until(/Hazeldonk 0\.1\.0, Node/)).not.toContain('statversion');
  });

  test('exit leaves the port open for the next technician', async () => {
    const laptop = await dial();
    await laptop.type('exit\r');
    await laptop.until(/Goodbye\.\r\n\r\nHazeldonk/);
    await laptop.type('version\r');
    await laptop.until(/Hazeldonk 0\.1\.0, Node/);
  });

  test('the node stops although nobody reads what the console wrote', async () => {
    const port = await openSerialPort(cable.laptopEnd, 115_200);
    if (port instanceof Error) throw port;
    closing.push(() => closeSerialPort(port));
    for (let index = 0; index < 300; index++) port.write('help\r q');
    await new Promise<void>((resolve) => port.drain(() => resolve()));
    stop.abort();
    await running;
  });
});

describe('console on a local socket', () => {
  let path: string;
  let service: ReturnType<typeof start>;

  beforeEach(async () => {
    path = join(folder, 'console.sock');
    service = start((log) => new SocketLine({ path, shell, log, retryMs: 5 }));
    await service.said('console/socket-opened');
  });

  const dial = async () => terminal(connect(path));
  speaksAsAConsole(dial);

  test('only the service’s user and group may open it', () => {
    expect(statSync(path).mode & 0o777).toBe(0o660);
  });

  test('two technicians have a line each', async () => {
    const [one, other] = [await dial(), await dial()];
    await one.type('ver');
    await other.type('link\r');
    await other.until(/broker +mqtts/);
    await one.type('sion\r');
    await one.until(/Hazeldonk 0\.1\.0, Node/);
  });

  test('a technician who vanishes in the middle of a word leaves nothing behind for the next', async () => {
    const first = connect(path);
    const before = terminal(first);
    await before.until(prompt);
    await before.type('stat');
    first.destroy();
    const after = await dial();
    await after.type('version\r');
    expect(await after.until(/Hazeldonk 0\.1\.0, Node/)).not.toContain('stat');
  });

  test('exit says goodbye and hangs up', async () => {
    const laptop = await dial();
    await laptop.type('exit\r');
    await laptop.until(/Goodbye\./);
    await laptop.untilGone();
  });

  test('a stop hangs up and takes the socket file away', async () => {
    const laptop = await dial();
    await laptop.until(prompt);
    stop.abort();
    await running;
    await laptop.untilGone();
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  });
});

describe('the console’s own troubles', () => {
  test('a socket left behind by a killed node is replaced', async () => {
    const path = join(folder, 'console.sock');
    const killed = createServer();
    await new Promise<void>((resolve) => killed.listen(join(folder, 'elsewhere.sock'), resolve));
    renameSync(join(folder, 'elsewhere.sock'), path);
    await new Promise<void>((resolve) => killed.close(() => resolve()));
    expect(statSync(path).isSocket()).toBe(true);
    await start((log) => new SocketLine({ path, shell, log, retryMs: 5 })).said('console/socket-opened');
  });

  test('a socket on which another node answers is left to it until it stops', async () => {
    const path = join(folder, 'console.sock');
    const other = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => other.listen(path, resolve));
    const service = start((log) => new SocketLine({ path, shell, log, retryMs: 5 }));
    await service.said('console/socket-unavailable', 2);
    await new Promise<void>((resolve) => other.close(() => resolve()));
    await service.said('console/socket-opened');
  });

  test('a file in the place of the socket is not deleted', async () => {
    const path = join(folder, 'precious');
    writeFileSync(path, 'keep me');
    const service = start((log) => new SocketLine({ path, shell, log, retryMs: 5 }));
    await service.said('console/socket-unavailable', 2);
    expect(readFileSync(path, 'utf8')).toBe('keep me');
  });

  test('a path that is too long, and a folder that may not be written, cost the console and not the node', async () => {
    const long = start((log) => new SocketLine({ path: join(folder, 'x'.repeat(120)), shell, log, retryMs: 5 }));
    await long.said('console/socket-unavailable');
    stop.abort();
    await running;
    stop = new AbortController();
    const none = start((log) => new SocketLine({ path: join(folder, 'none', 'console.sock'), shell, log, retryMs: 5 }));
    await none.said('console/socket-unavailable');
  });

  test('both consoles run side by side; without a serial port only the socket does', async () => {
    const socketPath = join(folder, 'console.sock');
    const service = start(
      (log) => new ConsoleService({ ...shell, log, socketPath, serialPort: join(folder, 'no-tty'), baudRate: 115_200 }),
    );
    await Promise.all([service.said('console/socket-opened'), service.said('console/serial-unavailable')]);
    const laptop = terminal(connect(socketPath));
    await laptop.type('version\r');
    await laptop.until(/Hazeldonk 0\.1\.0, Node/);
  });
});
