import { textTable } from '../../console/text-table.ts';
import type { Calibration } from './calibration.ts';
import { plotSvg } from './plot.ts';

/** Calibrations for people: a summary of each set, then the reliability table of the last, which is all sets together. */
export function calibrationTable(bySet: ReadonlyMap<string, Calibration>): string {
  const all = [...bySet.values()].at(-1);
  const percent = (share: number, digits = 2) => `${(100 * share).toFixed(digits)} %`;
  const summary = textTable([
    [
      '',
      'reads',
      'right',
      'expected error',
      ...(all?.tail ?? []).map(({ atLeast }) => `wrong >= ${atLeast}`),
      'among 64',
    ],
    ...[...bySet].map(([name, one]) => [
      name,
      String(one.reads),
      percent(one.rightShare),
      percent(one.expectedError),
      ...one.tail.map(({ reads, wrong }) => `${wrong} of ${reads}`),
      percent(one.truthWithin.at(-1)?.share ?? 0),
    ]),
  ]);
  const reliability = textTable([
    ['bin', 'reads', 'mean probability', 'right'],
    ...(all?.bins ?? []).map(({ reads, meanProbability, rightShare }, index) => [
      String(index + 1),
      String(reads),
      percent(meanProbability, 3),
      percent(rightShare, 3),
    ]),
  ]);
  const ranks = (all?.truthWithin ?? []).map(({ spellings, share }) => `first ${spellings}: ${percent(share)}`);
  return [...summary, '', ...reliability, '', `the truth is among the ${ranks.join(', ')}`].join('\n');
}

/** Reliability of all sets together: probability and share of right reads, both by how far they are from 1. */
export function calibrationPlot(calibration: Calibration): string {
  const ticks = [0, 0.5, 0.9, 0.99, 0.999, 0.9999].map((share) => [nines(share), `${100 * share} %`] as const);
  return plotSvg({
    title: `Reliability of ${calibration.reads} reads, expected error ${(100 * calibration.expectedError).toFixed(2)} %`,
    xLabel: 'probability given to the read',
    yLabel: 'share that was right',
    xTicks: ticks,
    yTicks: ticks,
    lines: [
      {
        name: 'reads',
        points: calibration.bins.map(({ meanProbability, rightShare }) => [nines(meanProbability), nines(rightShare)]),
      },
      {
        name: 'as it should be',
        points: [
          [0, 0],
          [1, 1],
        ],
      },
    ],
  });
}

/** 0 at 0, 1 at 0.9999: each nine as wide as the next, so that the tail can be seen. */
function nines(share: number): number {
  return Math.min(1, -Math.log10(Math.max(1e-4, 1 - share)) / 4);
}
