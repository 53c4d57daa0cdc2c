import { EventEmitter, once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Log } from '../../config/foundation/log.ts';
import type { Service } from '../../config/foundation/service.ts';
import { healthyFacts } from '../health/healthy-facts.ts';
import { ConsoleService } from './console-service.ts';
import { keptLog } from './kept-log.fixture.ts';
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

  test.each([
    ['in a circle', () => symlinkSync('folder', join(folder, 'folder'))],
    ['through a file', () => writeFileSync(join(folder, 'folder'), '')],
  ])('a path that leads %s costs the console and not the node, and is tried again', async (_, spoil) => {
    spoil();
    const path = join(folder, 'folder', 'console.sock');
    const log = keptLog();
    running = new SocketLine({ path, shell, log, retryMs: 5 }).run(stop.signal);
    await log.said('console/socket-unavailable', 2);
    expect(log.of('console/')[0]).toEqual([
      'console/socket-unavailable',
      { path, code: 'console/socket-failed', reason: expect.stringMatching(/ELOOP|ENOTDIR/) },
    ]);
    rmSync(join(folder, 'folder'));
    mkdirSync(join(folder, 'folder'));
    await log.said('console/socket-opened');
  });

  test('a socket that somebody takes away before it is closed to others costs the console and not the node', async () => {
    const path = join(folder, 'console.sock');
    const taker = new Worker(
      `const { unlinkSync } = require('node:fs');
       for (;;) try { unlinkSync(${JSON.stringify(path)}); } catch {}`,
      { eval: true },
    );
    closing.push(() => taker.terminate());
    // It wins some races and loses others: the socket is opened anew until it has won one.
    for (let won = false; !won; ) {
      const log = keptLog();
      const attempt = new AbortController();
      const served = new SocketLine({ path, shell, log, retryMs: 5 }).run(attempt.signal);
      await Promise.race([log.said('console/socket-unavailable'), log.said('console/socket-opened')]);
      attempt.abort();
      await served;
      const [told] = log.of('console/socket-unavailable');
      if (told !== undefined) expect(told[1]).toMatchObject({ code: 'console/socket-failed' });
      won = told !== undefined;
    }
  });

  test('a failure of ours ends one sitting, is written down, and leaves the console to the next', async () => {
    const path = join(folder, 'console.sock');
    const log = keptLog();
    let asked = 0;
    const facts = () => {
      asked += 1;
      if (asked === 1) throw new TypeError('a plate: 1-ABC-234');
      return healthyFacts();
    };
    running = new SocketLine({ path, shell: { ...shell, node: { facts }, log }, log }).run(stop.signal);
    await log.said('console/socket-opened');
    await terminal(connect(path)).untilGone();
    const where = expect.stringContaining('console-lines.test.ts');
    expect(log.of('console/broken-off')).toEqual([
      ['console/broken-off', { line: 'socket', code: 'console/bug', where }],
    ]);
    expect(log.text()).not.toContain('ABC');
    await terminal(connect(path)).until(prompt);
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
