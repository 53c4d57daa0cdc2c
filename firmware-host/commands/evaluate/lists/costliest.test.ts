import { describe, expect, it } from 'vitest';
import { fold } from '../../../../config/foundation/fold.ts';
import { shippedCalibration } from '../../../../sync/lists/matching/calibration.ts';
import { borderTraffic } from '../../../../sync/lists/traffic/plate-population.ts';
import { type CostlyReading, costLines, costOf, costTable } from './costliest.ts';
import type { KnownPassage } from './list-measure.ts';

const population = borderTraffic();
const entries = 1_000_000;
const terms = { expectedGenuinePerMillion: 10, falseHitsPerMillion: { confirmed: 1, verify: 20 }, entries };
const options = { population, calibration: shippedCalibration, terms };

function passage(carried: readonly [string, string], read: readonly [string, string]): KnownPassage {
  const reading = {
    spellings: [{ text: read[0], probability: 1 - 1e-7 }],
    countries: [{ country: read[1], probability: 0.9999 }],
  };
  return { text: carried[0], country: carried[1], reading, best: read[0] };
}

describe('what a reading costs', () => {
  it('is nothing when it is right', () => {
    expect(costOf(passage(['1VGB12', 'NL'], ['1VGB12', 'NL']), options)).toEqual([]);
  });

  it('is nothing when nothing was read', () => {
    expect(costOf({ text: '1VGB12', country: 'NL', reading: null, best: null }, options)).toEqual([]);
  });

  it('is how probably the plate that it is taken for is listed', () => {
    const [only, ...others] = costOf(passage(['1VGB12', 'NL'], ['1VGB72', 'NL']), options);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ carried: '1VGB12 NL', takenFor: '1VGB72 NL', textWasRight: false });
    expect(only?.falseHits).toBeCloseTo(-Math.expm1(-population.density(fold('1VGB72'), 'NL') * entries), 9);
  });

  it('is known to be of the country alone when the text was right', () => {
    const costs = costOf(passage(['1VGB12', 'GB'], ['1VGB12', 'NL']), options);
    expect(costs.map(({ takenFor, textWasRight }) => [takenFor, textWasRight])).toEqual([['1VGB12 NL', true]]);
  });

  it('is nothing for a text that was right where nobody noted the country, and the same as ever for another', () => {
    const carried = { ...passage(['1VGB12', 'NL'], ['1VGB12', 'NL']), country: null };
    expect(costOf(carried, options)).toEqual([]);
    const misread = { ...passage(['1VGB12', 'NL'], ['1VGB72', 'NL']), country: null };
    expect(costOf(misread, options).map(({ takenFor }) => takenFor)).toEqual(['1VGB72 NL']);
  });

  it('is told of the costliest first, and of all together', () => {
    const reading = (takenFor: string, falseHits: number, textWasRight: boolean): CostlyReading => ({
      carried: 'AB12CD NL',
      takenFor,
      textWasRight,
      falseHits,
    });
    const readings = [
      reading('CHEAP B', 0.001, false),
      reading('DEAR F', 0.02, true),
      reading('MIDDLE D', 0.004, false),
    ];
    expect(
      costLines(readings, 1000, 2)
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { carried: 'AB12CD NL', takenFor: 'DEAR F', textWasRight: true, falsePerMillion: 20 },
      { carried: 'AB12CD NL', takenFor: 'MIDDLE D', textWasRight: false, falsePerMillion: 4 },
      { readings: 3, passages: 1000, falsePerMillion: 25, textWasRightShare: 0.8 },
    ]);
    const lines = costTable(readings, 1000, 2).split('\n');
    expect(lines.slice(1, 3).map((line) => line.split(/ {2,}/))).toEqual([
      ['AB12CD NL', 'DEAR F', '20'],
      ['AB12CD NL', 'MIDDLE D', '4.0'],
    ]);
    expect(lines.slice(3).join(' ')).toBe(
      "3 readings of 1000 could be confirmed for a plate that they do not show: 25 false hits in a million, 80 % of them of a text that was read right and is another country's",
    );
  });

  it('is told of none', () => {
    expect(costTable([], 10, 5)).toContain('0 readings of 10');
  });
});
