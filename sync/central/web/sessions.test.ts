import { expect, it } from 'vitest';
import type { WebUser } from './officers.ts';
import { Sessions, sameSecret } from './sessions.ts';

const user = { name: 'k.jansen', role: 'officer', changedAt: '2026-05-01T12:00:00.000Z' } as WebUser;
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
