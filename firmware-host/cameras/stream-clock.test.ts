import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamClock } from './stream-clock.ts';

describe('the time of a stream', () => {
  it('takes the distances from the stream and not from the arrivals', () => {
    const clock = new StreamClock();
    const arrivals = [1000, 1055, 1081, 1130, 1160];
    expect(arrivals.map((nowMs, index) => clock.timeOf(index * 40, nowMs))).toEqual([1000, 1040, 1080, 1120, 1160]);
  });

  it('finds the earliest anchor when the stream begins with a burst of old pictures', () => {
    const clock = new StreamClock();
    for (let index = 0; index < 20; index++) clock.timeOf(index * 40, 5000 + index);
    expect(clock.timeOf(20 * 40, 5060)).toBe(5059);
    expect(clock.timeOf(21 * 40, 5110)).toBe(5099);
  });

  it('uses the arrivals where timestamps are missing or stand still', () => {
    const clock = new StreamClock();
    expect([clock.timeOf(null, 100), clock.timeOf(null, 145)]).toEqual([100, 145]);
    expect([clock.timeOf(0, 200), clock.timeOf(0, 240), clock.timeOf(0, 281)]).toEqual([200, 240, 281]);
  });

  it('follows the wall clock when it is set back by minutes', () => {
    const clock = new StreamClock();
    clock.timeOf(0, 1_000_000);
    expect(clock.timeOf(40, 700_040)).toBe(700_040);
  });

  it('never runs ahead, never lags by more than two seconds and always grows, whatever the stream claims', () => {
    const step = fc.record({
      streamMs: fc.option(fc.integer({ min: -(2 ** 40), max: 2 ** 40 })),
      elapsedMs: fc.integer({ min: 1, max: 5000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const clock = new StreamClock();
        let nowMs = 1_700_000_000_000;
        let lastMs = 0;
        for (const { streamMs, elapsedMs } of steps) {
          nowMs += elapsedMs;
          const timeMs = clock.timeOf(streamMs, nowMs);
          if (timeMs > nowMs || timeMs < nowMs - 2001 || timeMs <= lastMs) return false;
          lastMs = timeMs;
        }
        return true;
      }),
    );
  });
});
