import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hashPassword } from '../../sync/log-in/password.ts';
import { ConsoleDoor } from './console-door.ts';
import type { Controls } from './controls.ts';
import { type KeptLog, keptLog } from './kept-log.fixture.ts';
import { SerialCable, socatInstalled } from './serial-cable.ts';
import { closeSerialPort, openSerialPort, SerialLine } from './serial-line.ts';
import { shellOptions } from './shell-options.fixture.ts';
import { SocketLine } from './socket-line.ts';
import { openConsoleUsers } from './technician.ts';
import { Terminal } from './terminal.ts';

const password = 'correct horse bättery';
const cheap = { cost: 16, blockSize: 8, lanes: 1 };
const prompt = /nl-a16-1> /;
const askedForName = /name: $/;

let folder: string;
let usersFile: string;
let log: KeptLog;
let stop: AbortController;
let running: Promise<void>;
let restarted: string[];
let now: { ms: number };
let door: ConsoleDoor;
const closing: (() => unknown)[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'console-log-in-'));
  usersFile = join(folder, 'users.json');
  const users = openConsoleUsers(usersFile);
  users.put('t.visser', 'technician', await hashPassword(password, cheap), 1_000);
  users.put('e.martin', 'engineer', await hashPassword(password, cheap), 1_000);
  log = keptLog();
  stop = new AbortController();
  running = Promise.resolve();
  restarted = [];
  now = { ms: 0 };
  door = new ConsoleDoor({ usersFile, idleMs: 600_000, log, nowMs: () => now.ms });
});
afterEach(async () => {
  stop.abort();
  await running;
  for (const close of closing.splice(0)) await close();
  rmSync(folder, { recursive: true });
});

const controls: Controls = {
  restartCamera: (name) => restarted.push(name) > 0,
  takeOverSettings: async () => ({ applied: ['log.level'], waiting: ['cameras'] }),
};

/** One suite for every kind of wire: whoever leaves it must log in again. */
function asksWhoIsThere(dial: () => Promise<Terminal>): void {
  async function loggedIn(name: string): Promise<Terminal> {
    const laptop = await dial();
    await laptop.type('\r');
    await laptop.until(askedForName);
    await laptop.type(`${name}\r${password}\r`);
    await laptop.until(prompt);
    return laptop;
  }

  test('lets in who knows his password, and never shows it', async () => {
    const laptop = await dial();
    await laptop.type('\r');
    await laptop.until(askedForName);
    await laptop.type('t.visser\r');
    let seen = await laptop.until(/password: /);
    await laptop.type(`wrong\x15${password}x\x7f\r`);
    seen += await laptop.until(prompt);
    expect(seen).toContain('Logged in as t.visser (technician).');
    expect(seen).not.toMatch(/wrong|horse|\*/);
    await laptop.type('\x1b[A\x1b[Aexit\r');
    expect(await laptop.until(/Goodbye/)).not.toMatch(/visser|horse/);
    await log.said('console/logged-out');
    expect(log.of('console/')).toEqual([
      ['console/logged-in', { user: 't.visser', line: expect.any(String) }],
      ['console/logged-out', { user: 't.visser', line: expect.any(String), why: 'exit', signs: 0 }],
    ]);
    expect(log.text()).not.toMatch(/horse|wrong/);
  });

  test('asks again after the log-out, and forgets what was typed ahead', async () => {
    const laptop = await loggedIn('t.visser');
    await laptop.type('exit\rrestart camera left\r');
    await laptop.until(/Goodbye/);
    await log.said('console/logged-out');
    expect(restarted).toEqual([]);
    const next = await loggedIn('e.martin');
    await next.type('version\r');
    await next.until(/Hazeldonk 0\.1\.0, Node/);
  });

  test('a log-out in the middle of a long answer is one, and the rest of the answer is gone', async () => {
    const laptop = await loggedIn('t.visser');
    for (let asked = 0; asked < 3; asked++) await laptop.type('help\r');
    await laptop.type('exit\r');
    expect(await laptop.until(/Goodbye/)).not.toContain('-- more');
    await log.said('console/logged-out');
  });

  test('answers nothing before the log-in', async () => {
    const laptop = await dial();
    await laptop.type('status\rversion\rstatus\r');
    const seen = await laptop.until(/Log-in refused\./);
    expect(seen).not.toMatch(/healthy|0\.1\.0/);
    expect(log.of('console/')).toEqual([['console/log-in-refused', { user: null, line: expect.any(String) }]]);
    expect(log.text()).not.toContain('status');
  });

  test('what was typed ahead of a refused password is not shown as a name', async () => {
    const laptop = await dial();
    await laptop.type(`t.visser\rno such password\r${password}\r`);
    expect(await laptop.until(/Log-in refused\.\r\nname: /)).not.toContain('horse');
    await laptop.type('\r');
    expect(await laptop.until(askedForName)).not.toContain('horse');
    expect(log.of('console/')).toEqual([['console/log-in-refused', { user: 't.visser', line: expect.any(String) }]]);
  });

  test('makes a guesser wait, even for the right password, and lets others in', async () => {
    const laptop = await dial();
    for (let tries = 0; tries < 5; tries++) {
      await laptop.type('t.visser\rwrong\r');
      await laptop.until(/Log-in refused\./);
    }
    await laptop.type(`t.visser\r${password}\r`);
    await laptop.until(/Too many attempts. Try again in 15 min\./);
    await laptop.type(`e.martin\r${password}\r`);
    await laptop.until(prompt);
    await laptop.type('exit\r');
    await laptop.until(/Goodbye/);
    now.ms += 15 * 60_000;
    await loggedIn('t.visser');
  });

  test('lets in after garbage, overlong names and passwords, and half a log-in', async () => {
    const laptop = await dial();
    // All bytes but Ctrl-D, which asks to hang up; no line of it is a name, or what follows would be typed ahead of a refusal.
    const garbage = Array.from({ length: 20_000 }, (_, index) => (index * 7919 + (index >> 3) * 104_729) & 0xff);
    const lines = garbage
      .filter((byte) => byte !== 0x04)
      .flatMap((byte) => (byte === 0x0d ? [0x4e, 0x4e, byte] : byte));
    await laptop.type(Uint8Array.from(lines.filter((byte) => byte !== 0x0a)));
    await laptop.type('\x03\x03\x15END OF NOISE');
    await laptop.until(/END OF NOISE/);
    await laptop.type(`${'n'.repeat(100_000)}\r`);
    await laptop.until(/That is no name of a user\./);
    await laptop.type('\x03\x03t.visser\r');
    await laptop.until(/password: /);
    await laptop.type(`${password}${'p'.repeat(100_000)}\r`);
    await laptop.until(/Log-in refused\./);
    await laptop.type('t.visser\r');
    await laptop.until(/password: /);
    await laptop.type('half a pass\x03');
    await laptop.until(/\^C\r\nname: /);
    await laptop.type(`t.visser\r${password}\r`);
    await laptop.until(prompt);
    expect(log.text()).not.toMatch(/nnnn|pppp/);
  });

  test('logs out who gives no sign; garbage is none', async () => {
    door.change({ usersFile, idleMs: 60 });
    const laptop = await dial();
    await laptop.type(`t.visser\r${password}\r`);
    await laptop.until(prompt);
    await laptop.type('\x00\xff half a comm');
    await laptop.until(/Logged out: nothing was asked for/);
    await log.said('console/logged-out');
    expect(log.of('console/logged-out')).toMatchObject([['console/logged-out', { user: 't.visser', why: 'idle' }]]);
  });

  test('logs out who was removed meanwhile, before he does anything more', async () => {
    const laptop = await loggedIn('t.visser');
    openConsoleUsers(usersFile).remove('t.visser');
    await laptop.type('restart camera left\r');
    await laptop.until(/Logged out: who may log in here was changed\./);
    await log.said('console/logged-out');
    expect(restarted).toEqual([]);
    expect(log.of('console/logged-out')).toMatchObject([['console/logged-out', { why: 'account-changed' }]]);
  });

  test('a broken file of users lets nobody in and keeps nobody in', async () => {
    const laptop = await loggedIn('t.visser');
    writeFileSync(usersFile, '{"users": [{"name": "root"}]}');
    await laptop.type('restart camera left\r');
    await laptop.until(/Logged out/);
    const next = await dial();
    await next.type(`\rt.visser\r${password}\r`);
    await next.until(/Nobody can log in: the file of users cannot be read\./);
    expect(restarted).toEqual([]);
  });

  test('a technician restarts cameras and does not reload; both are written down with his name', async () => {
    const laptop = await loggedIn('t.visser');
    await laptop.type('restart camera nobody\r');
    await laptop.until(/There is no camera nobody/);
    await laptop.type('restart camera left\r');
    await laptop.until(/finishes what is open/);
    await laptop.type('reload\r');
    await laptop.until(/reload is for an engineer, not for a technician\./);
    expect(restarted).toEqual(['left']);
    const who = { user: 't.visser', line: expect.any(String) };
    expect(log.of('console/c')).toEqual([
      ['console/changed', { ...who, command: 'restart camera left' }],
      ['console/command-refused', { ...who, command: 'reload' }],
    ]);
  });

  test('an engineer takes over settings, and what he types meanwhile is answered afterwards', async () => {
    const laptop = await loggedIn('e.martin');
    await laptop.type('reload\rversion\r');
    await laptop.until(/Taken over: log\.level\.\r\nWaiting for a restart: cameras\.[\s\S]*Hazeldonk 0\.1\.0, Node/);
    expect(log.of('console/changed')).toMatchObject([['console/changed', { user: 'e.martin', command: 'reload' }]]);
  });

  test('survives 8 MB at each question', async () => {
    const laptop = await dial();
    const piece = Buffer.alloc(64 * 1024, 'a');
    for (const question of ['\x15\x03', 't.visser\r']) {
      await laptop.type(question);
      for (let sent = 0; sent < 8 * 1024 * 1024; sent += piece.length) await laptop.type(piece);
      await laptop.type('\x03');
    }
    await laptop.type(`t.visser\r${password}\r`);
    await laptop.until(prompt);
    expect(laptop.bytes).toBeLessThan(64 * 1024);
  });
}

const noSocat = !socatInstalled();

describe.skipIf(noSocat && !process.env.CI)('log-in on a pseudo-terminal', () => {
  let cable: SerialCable;
  let laptop: Terminal | null;

  beforeEach(async () => {
    laptop = null;
    cable = new SerialCable(folder);
    await cable.plugIn();
    const shell = shellOptions({ door, controls, log });
    running = new SerialLine({
      ...{ path: cable.nodeEnd, baudRate: 115_200, shell, log },
      ...{ reopenFirstMs: 5, reopenLongestMs: 5 },
    }).run(stop.signal);
    await log.said('console/serial-opened');
    log.forget();
  });
  afterEach(async () => {
    stop.abort();
    await running;
    await cable.pullOut();
  });

  // One cable, one laptop: who dials again sits at the same terminal.
  const dial = async () => {
    if (laptop?.gone === false) return laptop;
    const port = await openSerialPort(cable.laptopEnd, 115_200);
    if (port instanceof Error) throw port;
    closing.push(() => closeSerialPort(port));
    laptop = new Terminal(port);
    return laptop;
  };
  asksWhoIsThere(dial);

  test('a cable pulled out logs out whoever was there', async () => {
    const before = await dial();
    await before.type(`t.visser\r${password}\r`);
    await before.until(prompt);
    await cable.pullOut();
    await log.said('console/serial-lost');
    await before.untilGone();
    expect(log.of('console/logged-out')).toMatchObject([['console/logged-out', { user: 't.visser', why: 'gone' }]]);
    await cable.plugIn();
    await log.said('console/serial-opened');
    const after = await dial();
    await after.type('restart camera left\r');
    await after.until(/That is no name of a user\./);
    expect(restarted).toEqual([]);
  });
});

describe('log-in on a local socket', () => {
  let path: string;

  beforeEach(async () => {
    path = join(folder, 'console.sock');
    const shell = shellOptions({ door, controls, log });
    const quiet = { event: () => undefined };
    running = new SocketLine({
      path,
      shell,
      log: { event: (_, event) => (event === 'console/socket-opened' ? log.event('info', event) : quiet.event()) },
      retryMs: 5,
    }).run(stop.signal);
    await log.said('console/socket-opened');
    log.forget();
  });

  const dial = async () => {
    const wire = connect(path);
    closing.push(() => wire.destroy());
    return new Terminal(wire);
  };
  asksWhoIsThere(dial);

  test('a whole sitting comes through a pipe', async () => {
    const wire = connect(path);
    const terminal = new Terminal(wire);
    wire.end(`t.visser\n${password}\nversion\nexit\n`);
    await terminal.until(/Logged in as t\.visser[\s\S]*Hazeldonk 0\.1\.0, Node[\s\S]*Goodbye/);
  });

  test('whoever does not begin to log in is hung up on, and his place is free', async () => {
    const other = join(folder, 'other.sock');
    const shell = shellOptions({ door, controls, log });
    const served = new SocketLine({ path: other, shell, log, unattendedMs: 300 }).run(stop.signal);
    await log.said('console/socket-opened');
    for (let round = 0; round < 2; round++)
      await Promise.all(
        Array.from({ length: 4 }, async () => {
          const wire = connect(other);
          closing.push(() => wire.destroy());
          const terminal = new Terminal(wire);
          await terminal.until(/name: [\s\S]*Hung up: nobody logged in\./);
          await terminal.untilGone();
        }),
      );
    expect(log.of('console/no-place')).toEqual([]);
    stop.abort();
    await served;
  });

  test('whoever looked around before there was a file of users must log in then', async () => {
    door.change({ idleMs: 600_000 });
    const laptop = await dial();
    await laptop.type('version\r');
    await laptop.until(/Hazeldonk 0\.1\.0, Node/);
    await laptop.type('restart camera left\r');
    await laptop.until(/that needs a log-in/);
    door.change({ usersFile, idleMs: 600_000 });
    await laptop.type('version\r');
    await laptop.until(/Logged out: who may log in here was changed\./);
    expect(restarted).toEqual([]);
  });
});
