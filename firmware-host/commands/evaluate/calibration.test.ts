import { describe, expect, it } from 'vitest';
import { type CalibrationRead, calibrationOf, calibrationRead } from './calibration.ts';
import { calibrationPlot, calibrationTable } from './calibration-report.ts';

function reads(count: number, probability: number, right: number): CalibrationRead[] {
  return Array.from({ length: count }, (_, i) => ({
    set: 's',
    probability,
    right: i < right,
    rank: i < right ? 1 : null,
    truthProbability: i < right ? probability : 0,
  }));
}

describe('the calibration of reads', () => {
  it('is without error where as many are right as were promised', () => {
    const { expectedError, rightShare } = calibrationOf(
      reads(1500, 0.9, 1350).toSorted((a, b) => a.set.localeCompare(b.set)),
    );
    expect(rightShare).toBeCloseTo(0.9);
    expect(calibrationOf([...reads(15, 1, 15)]).expectedError).toBe(0);
    expect(expectedError).toBeGreaterThan(0);
  });

  it('has an error as large as the promise is too great', () => {
    expect(calibrationOf(reads(300, 0.95, 0)).expectedError).toBeCloseTo(0.95);
    expect(calibrationOf(reads(300, 0.25, 300)).expectedError).toBeCloseTo(0.75);
  });

  it('has bins of equal mass, whatever the probabilities', () => {
    const { bins } = calibrationOf([...reads(29, 0.5, 10), ...reads(1, 0.9999, 1)]);
    expect(bins.map((bin) => bin.reads)).toEqual(Array(15).fill(2));
    expect(calibrationOf(reads(4, 0.5, 2)).bins.length).toBe(4);
    expect(calibrationOf([])).toMatchObject({ reads: 0, expectedError: 0, bins: [] });
  });

  it('counts the wrong among the sure', () => {
    const { tail } = calibrationOf([...reads(10, 0.9995, 9), ...reads(5, 0.95, 5)]);
    expect(tail).toEqual([
      { atLeast: 0.9, reads: 15, wrong: 1 },
      { atLeast: 0.99, reads: 10, wrong: 1 },
      { atLeast: 0.999, reads: 10, wrong: 1 },
      { atLeast: 0.9999, reads: 0, wrong: 0 },
    ]);
  });

  it('knows where the truth stood among the spellings, O and 0, I and 1 folded', () => {
    const spellings = [
      { text: 'AB12CD', probability: 0.7 },
      { text: 'A812CD', probability: 0.2 },
      { text: 'O0I1', probability: 0.01 },
      { text: '0011', probability: 0.005 },
    ];
    expect(calibrationRead('s', 'A812CD', spellings)).toMatchObject({ right: false, rank: 2, truthProbability: 0.2 });
    expect(calibrationRead('s', 'OOII', spellings)).toMatchObject({ rank: 3, truthProbability: 0.015 });
    expect(
      calibrationRead('s', 'A812CD', [...spellings, { text: 'ABI2CD', probability: 0.05 }]).probability,
    ).toBeCloseTo(0.75);
    expect(calibrationRead('s', 'ZZ', spellings)).toMatchObject({ rank: null, truthProbability: 0 });
    expect(calibrationRead('s', 'ZZ', [])).toMatchObject({ right: false, rank: null, probability: 0 });
  });

  it('is told as a table and drawn as a plot', () => {
    const calibration = calibrationOf([...reads(30, 0.9, 27), ...reads(30, 0.9999, 30)]);
    const table = calibrationTable(new Map([['a set', calibration]]));
    expect(table).toContain('a set');
    expect(table).toContain('0 of 30');
    const plot = calibrationPlot(calibration);
    expect(plot.match(/<circle/g)?.length).toBe(15 + 2);
    expect(plot).not.toContain('NaN');
  });
});
