import { expect, it } from 'vitest';
import { LogInLimit } from './log-in-limit.ts';

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
