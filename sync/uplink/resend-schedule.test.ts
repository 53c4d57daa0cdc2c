import { expect, it } from 'vitest';
import { ResendSchedule } from './resend-schedule.ts';

const pace = { firstMs: 100, longestMs: 800, window: 8, windowUnanswered: 1 };

/** Sends all that may be sent at a moment, newest keys after the waiting ones; returns how many. */
function sendAll(schedule: ResendSchedule, keys: readonly string[], nowMs: number): number {
  let sent = 0;
  for (const key of keys) {
    if (!schedule.hasRoom(nowMs)) break;
    if (!schedule.isDue(key, nowMs)) continue;
    schedule.markSent(key, nowMs);
    sent += 1;
  }
  return sent;
}

const keys = Array.from({ length: 1_000 }, (_, index) => `hit-${index}`);

it('sends a window at once, and less and less while nothing is answered', () => {
  const schedule = new ResendSchedule(pace);
  expect([0, 100, 200, 300, 400, 500].map((nowMs) => sendAll(schedule, keys, nowMs))).toEqual([8, 1, 1, 1, 1, 1]);
});

it('widens with each receipt, and is as wide as ever at a new connection', () => {
  const schedule = new ResendSchedule(pace);
  for (const nowMs of [0, 100, 200]) sendAll(schedule, keys, nowMs);
  schedule.settle('hit-9');
  schedule.settle('hit-8');
  expect(sendAll(schedule, keys.slice(20), 250)).toBe(2);
  schedule.hurry();
  expect(sendAll(schedule, keys, 260)).toBe(8);
});

it('makes room for others when only some recipients answer, and sends the message again at its time', () => {
  const schedule = new ResendSchedule(pace);
  expect(sendAll(schedule, keys, 0)).toBe(8);
  for (const key of keys.slice(0, 8)) schedule.answered(key);
  expect(sendAll(schedule, keys, 50)).toBe(8);
  expect([schedule.isDue('hit-0', 99), schedule.isDue('hit-0', 100)]).toEqual([false, true]);
});

it('doubles the pause of a message that is never answered, up to the longest', () => {
  const schedule = new ResendSchedule(pace);
  const sentAt: number[] = [];
  for (let nowMs = 0; nowMs <= 3_200; nowMs += 100) {
    if (!schedule.isDue('hit', nowMs)) continue;
    schedule.markSent('hit', nowMs);
    sentAt.push(nowMs);
  }
  expect(sentAt).toEqual([0, 100, 300, 700, 1500, 2300, 3100]);
});

it('holds a month of silence below a kilobyte a second', () => {
  const schedule = new ResendSchedule({ firstMs: 10_000, longestMs: 600_000, window: 32, windowUnanswered: 2 });
  let sent = 0;
  for (let nowMs = 0; nowMs < 3_600_000; nowMs += 1_000) sent += sendAll(schedule, keys, nowMs);
  expect((sent / 3_600) * 2_000).toBeLessThan(1_000);
  expect(sent).toBeGreaterThan(100);
});

it('lets what is on its way arrive first when everything may be sent at once', () => {
  const schedule = new ResendSchedule(pace);
  sendAll(schedule, ['hit-0', 'hit-1'], 0);
  schedule.hurry((key) => key === 'hit-0');
  expect([schedule.isDue('hit-0', 50), schedule.isDue('hit-1', 50)]).toEqual([false, true]);
  schedule.arrived('hit-0', 70);
  expect([schedule.isDue('hit-0', 169), schedule.isDue('hit-0', 170)]).toEqual([false, true]);
});

it('waits for a receipt from when the broker had the message, however long the message took', () => {
  const schedule = new ResendSchedule(pace);
  schedule.markSent('slow', 0);
  schedule.arrived('slow', 5_000);
  expect([schedule.isDue('slow', 5_099), schedule.isDue('slow', 5_100)]).toEqual([false, true]);
  schedule.settle('slow');
  schedule.arrived('slow', 6_000);
  expect([schedule.unanswered, schedule.isDue('slow', 6_000)]).toEqual([0, true]);
});
