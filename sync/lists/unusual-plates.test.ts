import { expect, it } from 'vitest';
import { seededRandom } from '../../firmware-host/demo/seeded-random.ts';
import { fold } from './fold.ts';
import { unusualDensity, unusualPlate } from './unusual-plates.ts';

it('gives every text that it draws the density with which it draws it', () => {
  const random = seededRandom(5);
  const count = 400_000;
  const seen = new Map<string, number>();
  for (let n = 0; n < count; n += 1) {
    const text = fold(unusualPlate(random, true).replaceAll('-', ''));
    const shape = text.replaceAll(/[A-Z]/g, 'L').replaceAll(/[0-9]/g, 'D');
    seen.set(shape, (seen.get(shape) ?? 0) + 1);
  }
  for (const [shape, example, texts] of [
    ['LLDD', 'AB12', 24 ** 2 * 10 ** 2],
    ['DDDL', '123A', 24 * 10 ** 3],
    ['LLL', 'ABC', 24 ** 3],
    ['DLD', '1A2', 24 * 100],
  ] as const) {
    const expected = unusualDensity(example, true) * texts;
    const spread = 5 * Math.sqrt(expected / count) + 0.03 * expected;
    expect(Math.abs((seen.get(shape) ?? 0) / count - expected), shape).toBeLessThan(spread + 1e-4);
  }
});

it('draws what looks like a series for each vehicle of a country that has no table', () => {
  const random = seededRandom(6);
  for (let n = 0; n < 200; n += 1) expect(unusualPlate(random, false)).toMatch(/^[A-Z]{1,3}-[0-9]{3,4}-[A-Z]{1,2}$/);
});
