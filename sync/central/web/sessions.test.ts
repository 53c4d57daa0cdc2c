import { expect, it } from 'vitest';
import { LogInLimit } from './log-in-limit.ts';
import { Sessions, sameSecret } from './sessions.ts';
import type { User } from './user-file.ts';

const user = { name: 'k.jansen', role: 'officer', changedAt: '2026-05-01T12:00:00.000Z' } as User;
const minuteMs = 60_000;

function sessionsAt(now: { ms: number }): Sessions {
  return new Sessions({ idleMs: 30 * minuteMs, longestMs: 12 * 60 * minuteMs }, () => now.ms);
}

it('ends a session that was left alone, however often its page asked meanwhile', () => {
  const now = { ms: 0 };
  const sessions = sessionsAt(now);
  const { token, session } = sessions.begin(user);
  for (; now.ms < 29 * minuteMs; now.ms += minuteMs) expect(sessions.find(token)).not.toBeNull();
  sessions.touch(session.id);
  now.ms += 29 * minuteMs;
  expect(sessions.find(token)?.user).toBe('k.jansen');
  now.ms += minuteMs;
  expect(sessions.find(token)).toBeNull();
});

it('ends a session after a long shift, however busy it is', () => {
  const now = { ms: 0 };
  const sessions = sessionsAt(now);
  const { token, session } = sessions.begin(user);
  for (; now.ms < 12 * 60 * minuteMs; now.ms += 10 * minuteMs) sessions.touch(session.id);
  expect(sessions.find(token)).toBeNull();
});

it('knows no token that it did not give, and none after the log-out', () => {
  const sessions = sessionsAt({ ms: 0 });
  const { token, session } = sessions.begin(user);
  expect(sessions.find(session.id)).toBeNull();
  expect(sessions.find(`${token}x`)).toBeNull();
  sessions.end(session.id);
  expect(sessions.find(token)).toBeNull();
});

it('keeps a bounded number of sessions: the oldest gives way', () => {
  const sessions = sessionsAt({ ms: 0 });
  const first = sessions.begin(user);
  const later = Array.from({ length: 1_000 }, () => sessions.begin(user));
  expect(sessions.find(first.token)).toBeNull();
  expect(later.every(({ token }) => sessions.find(token) !== null)).toBe(true);
});

it('compares secrets of any length', () => {
  expect(sameSecret('abc', 'abc')).toBe(true);
  expect(sameSecret('', 'abc')).toBe(false);
  expect(sameSecret('x'.repeat(10_000), 'abc')).toBe(false);
});

it('makes who guesses wait until the oldest failure has left the window', () => {
  const now = { ms: 0 };
  const limit = new LogInLimit({ failures: 3, windowMs: 10_000 }, () => now.ms);
  for (; now.ms < 3_000; now.ms += 1_000) {
    expect(limit.waitMs('mallory')).toBe(0);
    limit.failed('mallory');
  }
  expect(limit.waitMs('mallory')).toBe(7_000);
  expect(limit.waitMs('alice')).toBe(0);
  now.ms = 10_000;
  expect(limit.waitMs('mallory')).toBe(0);
});

it('forgets the longest unused key instead of growing', () => {
  const limit = new LogInLimit({ failures: 1, windowMs: 10_000 }, () => 0);
  for (let key = 0; key <= 10_000; key++) limit.failed(`key ${key}`);
  expect(limit.waitMs('key 0')).toBe(0);
  expect(limit.waitMs('key 1')).toBe(10_000);
});
