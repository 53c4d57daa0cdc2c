import { describe, expect, it, vi } from 'vitest';
import { AwaitedPassages } from './awaited-passages.ts';

/** A source that tells how many of its items were asked for. */
function counted() {
  const source = {
    asked: 0,
    async *[Symbol.asyncIterator]() {
      for (;;) yield ++source.asked;
    },
  };
  return source;
}

/** Everything that can happen without the clock has happened. */
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('frames behind passages that are awaited', () => {
  it('come without a wait while nothing was reported', async () => {
    const source = counted();
    const frames = new AwaitedPassages(300).before(source);
    for (const expected of [1, 2, 3]) expect((await frames.next()).value).toBe(expected);
  });

  it('are not even fetched before each passage is settled', async () => {
    vi.useFakeTimers();
    try {
      const source = counted();
      const awaited = new AwaitedPassages(300);
      const frames = awaited.before(source);
      await frames.next();
      awaited.reported('a');
      awaited.reported('b');
      const next = frames.next();
      awaited.settled('a');
      await settle();
      expect(source.asked).toBe(1);
      awaited.settled('b');
      expect((await next).value).toBe(2);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('do not wait for what was settled meanwhile, nor twice for what was overdue', async () => {
    vi.useFakeTimers();
    try {
      const source = counted();
      const awaited = new AwaitedPassages(300);
      const frames = awaited.before(source);
      await frames.next();
      awaited.reported('quick');
      awaited.settled('quick');
      expect((await frames.next()).value).toBe(2);
      awaited.reported('never');
      const next = frames.next();
      await vi.advanceTimersByTimeAsync(299);
      expect(source.asked).toBe(2);
      await vi.advanceTimersByTimeAsync(1);
      expect((await next).value).toBe(3);
      expect((await frames.next()).value).toBe(4);
    } finally {
      vi.useRealTimers();
    }
  });
});
