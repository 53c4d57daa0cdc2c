import { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLog } from '../../config/foundation/log.ts';
import { askWho } from './ask-who.ts';
import { ConsoleDoor } from './console-door.ts';
import { Wire } from './wire.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A terminal that takes everything and says what it is told to. */
function terminal() {
  const shown: string[] = [];
  const stream = new Duplex({
    read: () => undefined,
    write(chunk, _encoding, done) {
      shown.push(String(chunk));
      done();
    },
  });
  return { stream, shown };
}

/** Asks on a line where nobody has typed anything yet. */
function ask(unattendedMs: number | null) {
  const { stream, shown } = terminal();
  const wire = new Wire(stream, new AbortController().signal);
  const door = new ConsoleDoor({ usersFile: '/none/users.json', idleMs: 1_000, log: silentLog });
  const asked = askWho(wire, { door, log: silentLog, line: 'serial', unattendedMs });
  return { stream, shown, wire, asked };
}

test.each([
  ['a name', 't.viss'],
  ['a password', 't.visser\rcorrect ho'],
])('half of %s is forgotten after two minutes, and an empty line waits for ever where it is to', async (_, half) => {
  const { stream, shown, wire, asked } = ask(null);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(wire.expired).toBe(false);
  stream.push(half);
  await vi.waitFor(() => expect(shown.join('')).toMatch(half.includes('\r') ? /password: $/ : /t\.viss$/));
  await vi.advanceTimersByTimeAsync(119_000);
  expect(wire.expired).toBe(false);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await asked).toBeNull();
  expect(wire.expired).toBe(true);
  wire.release();
});

test('an empty line waits no longer than it is told to, and begins anew with each name', async () => {
  const { stream, shown, wire, asked } = ask(600_000);
  await vi.advanceTimersByTimeAsync(599_000);
  stream.push('\r');
  await vi.waitFor(() => expect(shown.join('')).toMatch(/name: \r\nname: $/));
  await vi.advanceTimersByTimeAsync(599_000);
  expect(wire.expired).toBe(false);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await asked).toBeNull();
  expect(wire.expired).toBe(true);
  wire.release();
});
