import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BackOff } from './back-off.ts';

const timing = { firstDelayMs: 500, longestDelayMs: 30_000 };

it('doubles the delay up to the longest and begins again after a reset', () => {
  const backOff = new BackOff(timing, () => 1);
  const delays = Array.from({ length: 9 }, () => backOff.next());
  expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  backOff.reset();
  expect(backOff.next()).toBe(500);
});

it('draws each delay between half and all of itself, however often it failed', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.integer({ min: 0, max: 2000 }),
      (random, failures) => {
        const backOff = new BackOff(timing, () => random);
        for (let failure = 0; failure < failures; failure++) backOff.next();
        const whole = Math.min(30_000, 500 * 2 ** failures);
        const delayMs = backOff.next();
        return delayMs >= Math.floor(whole / 2) && delayMs <= whole;
      },
    ),
  );
});
