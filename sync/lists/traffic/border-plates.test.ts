import { describe, expect, it } from 'vitest';
import { fold } from '../../../config/foundation/fold.ts';
import { borderTraffic } from './plate-population.ts';

const traffic = borderTraffic();
const density = (text: string, country: string) => traffic.density(fold(text), country);

describe('the plates of the traffic', () => {
  it.each([
    ['Q1234', 'R1234'],
    ['Q123A', 'R123A'],
    ['AQ123', 'AJ123'],
    ['123AQ', '123AR'],
  ])('of Belgium before 1973 have no %s, but %s', (never, issued) => {
    expect(density(issued, 'B')).toBeGreaterThan(10 * density(never, 'B'));
  });

  it('of Belgium since 2010 have every letter within', () => {
    expect(density('1AOB123', 'B')).toBeGreaterThan(density('1ADB123', 'B') / 2);
    expect(density('1ABQ123', 'B')).toBeGreaterThan(density('1ABR123', 'B') / 2);
  });

  it('of Austria have no Q, but Klosterneuburg', () => {
    expect(density('W123AR', 'A')).toBeGreaterThan(100 * density('W123AQ', 'A'));
    expect(density('KG123AB', 'A')).toBeGreaterThan(density('KF123AB', 'A') / 2);
  });
});
