import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ended } from './centre-child.ts';
import { CentreWait } from './centre-wait.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const there = { exitCode: null, signalCode: null };

it('a centre may take its time as long as it gets on', async () => {
  let done = 0;
  const counting = setInterval(() => {
    done += 1;
  }, 50_000);
  const waiting = new CentreWait(there, () => done).until(() => done === 4, 1000);
  await vi.advanceTimersByTimeAsync(201_000);
  await waiting;
  clearInterval(counting);
});

it('one that stands still is not waited for', async () => {
  const waiting = expect(new CentreWait(there, () => 7).until(() => false, 1000)).rejects.toMatchObject({
    code: 'bench/no-centre',
    message: expect.stringContaining('nothing for 60 s'),
  });
  await vi.advanceTimersByTimeAsync(62_000);
  await waiting;
});

it.each([
  { exitCode: 1, signalCode: null },
  { exitCode: null, signalCode: 'SIGKILL' as const },
])('one that is gone is not waited for: %j', async (gone) => {
  const wait = new CentreWait(gone, () => 0);
  expect(() => wait.mustBeThere()).toThrow(/it ended/);
  await expect(wait.until(() => false, 1000)).rejects.toMatchObject({ code: 'bench/no-centre' });
});

it('one that a signal has ended need not be ended again', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await ended(child, 'SIGTERM');
  expect(child.signalCode).toBe('SIGKILL');
});
