import { describe, expect, it } from 'vitest';
import { fold } from '../../../../config/foundation/fold.ts';
import { shippedCalibration } from '../../../../sync/lists/matching/calibration.ts';
import type { Reading } from '../../../../sync/lists/matching/match.ts';
import { borderTraffic } from '../../../../sync/lists/traffic/plate-population.ts';
import { seededRandom } from '../../../demo/seeded-random.ts';
import { arrivalSize, plateNumber } from './decoy-lists.ts';
import { fitCalibration } from './fit-calibration.ts';
import { meanOf, shareOf } from './interval.ts';
import { type KnownPassage, ListMeasure } from './list-measure.ts';
import { listPlot } from './list-plot.ts';
import { listLines } from './list-report.ts';
import { acceptedBy } from './simple-rules.ts';

const traffic = borderTraffic();

/** A reader that is wrong exactly as often as it says: it hesitates between the truth and a look-alike, and then says so honestly. */
function honestPassages(count: number, seed: number): KnownPassage[] {
  const random = seededRandom(seed);
  const digits = [...'0123456789'];
  return Array.from({ length: count }, () => {
    const { text, country } = traffic.draw(random);
    const doubt = random() < 0.9 ? 10 ** (-7 + 4 * random()) : random() * 0.5;
    const at = [...text].findIndex((character) => digits.includes(character));
    const other =
      text.slice(0, at) + digits[(Number(text[at]) + 1 + Math.floor(random() * 9)) % 10] + text.slice(at + 1);
    const [best, second] = random() < doubt ? [other, text] : [text, other];
    const reading: Reading = {
      spellings: [
        { text: best, probability: 1 - doubt },
        { text: second, probability: doubt },
      ],
      countries: [{ country, probability: 0.9995 }],
    };
    return { text, country, reading, best };
  });
}

describe('a decoy list', () => {
  it('holds as many plates as it has entries, as lists written out from the same traffic do', () => {
    const random = seededRandom(7);
    const entries = 20_000;
    const written = new Set(
      Array.from({ length: entries }, () => traffic.draw(random)).map((one) => `${fold(one.text)}/${one.country}`),
    );
    const seen = Array.from({ length: 40_000 }, () => traffic.draw(random));
    const inWritten = seen.filter((one) => written.has(`${fold(one.text)}/${one.country}`)).length;
    const draws = 20;
    let inDrawn = 0;
    for (const { text, country } of seen) {
      const density = traffic.density(fold(text), country);
      const plate = plateNumber(fold(text), country);
      for (let draw = 0; draw < draws; draw += 1) if (arrivalSize(draw, plate, density) < entries) inDrawn += 1;
    }
    // Some ten of 40,000 vehicles by chance: four standard deviations either way.
    const spread = 4 * Math.sqrt(inDrawn / draws);
    expect(inDrawn / draws).toBeGreaterThan(3);
    expect(Math.abs(inWritten - inDrawn / draws)).toBeLessThan(spread);
  });

  it('contains the shorter lists of its draw and differs from draw to draw', () => {
    const sizes = Array.from({ length: 50 }, (_, draw) => arrivalSize(draw, plateNumber('GB001B', 'NL'), 1e-8));
    expect(new Set(sizes).size).toBe(50);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
  });
});

describe('the rules of others', () => {
  it('accept what they say', () => {
    expect(acceptedBy('exact', 'OI1')).toEqual(['011']);
    expect(acceptedBy('confusable', 'AB8')).toEqual(expect.arrayContaining(['AB8', 'A88', 'AB3', 'ABB']));
    expect(acceptedBy('confusable', 'AB8')).not.toContain('AB7');
    const edits = acceptedBy('edit1', 'AB8');
    expect(edits).toEqual(expect.arrayContaining(['AB8', 'AB7', 'A8', 'AB78', '9AB8']));
    expect(edits).not.toContain('A7C');
  });
});

describe('an interval', () => {
  it('contains its figure and narrows with more cases', () => {
    const few = shareOf(9, 10);
    const many = shareOf(900, 1000);
    expect(few.low).toBeLessThan(0.9);
    expect(few.high).toBeGreaterThan(0.9);
    expect(many.high - many.low).toBeLessThan(few.high - few.low);
  });

  it('does not call never what was only not seen', () => {
    expect(meanOf([], 1000, seededRandom(1))).toEqual({ value: 0, low: 0, high: 0.003 });
    const some = meanOf([0.5, 0.1, 0.2], 1000, seededRandom(1));
    expect(some.low).toBeLessThan(some.value);
    expect(some.high).toBeGreaterThan(some.value);
  });

  it('holds what is true nearly always, though the costliest passages are hardly ever seen', () => {
    const random = seededRandom(7);
    const passages = 1000;
    const rare = [...Array<number>(12).fill(0.01), ...Array<number>(2).fill(0.05)];
    const truth = rare.reduce((sum, amount) => sum + amount / 4, 0) / passages;
    const held = Array.from({ length: 300 }, () => {
      const { low, high } = meanOf(
        rare.filter(() => random() < 0.25),
        passages,
        random,
      );
      return low <= truth && truth <= high;
    }).filter(Boolean).length;
    expect(held / 300).toBeGreaterThan(0.85);
  });
});

describe('with a reader that is as good as it says', () => {
  const budget = { confirmed: 20, verify: 400 };
  const terms = { expectedGenuinePerMillion: 10, falseHitsPerMillion: budget };
  const start = { ...shippedCalibration, spellingTemperature: 1, countryTemperature: 1 };
  const calibration = fitCalibration(honestPassages(400, 1), traffic, start);
  const measure = new ListMeasure({
    population: traffic,
    calibration,
    terms,
    sizes: [100_000, 10_000_000],
    draws: 100,
  });
  for (const passage of honestPassages(3000, 2)) measure.add(passage);
  const figures = measure.figures();
  const figure = (rule: string, entries: number) => {
    const found = figures.find((one) => one.rule === rule && one.entries === entries);
    if (found === undefined) throw new Error(rule);
    return found;
  };

  it.each([
    ['confirmed', 100_000],
    ['verify', 100_000],
    ['confirmed', 10_000_000],
    ['verify', 10_000_000],
  ] as const)('%s keeps the declared budget at %d entries', (rule, entries) => {
    expect(figure(rule, entries).falsePerMillion.low).toBeLessThanOrEqual(2 * budget[rule]);
  });

  it('reports more of the listed the more false hits are allowed, and the looser rules of others pay for it', () => {
    for (const entries of [100_000, 10_000_000]) {
      expect(figure('verify', entries).recall.value).toBeGreaterThanOrEqual(figure('confirmed', entries).recall.value);
      expect(figure('confusable', entries).recall.value).toBeGreaterThanOrEqual(figure('exact', entries).recall.value);
      expect(figure('edit1', entries).falsePerMillion.value).toBeGreaterThan(
        figure('confusable', entries).falsePerMillion.value,
      );
    }
    const [exact, verify] = (['exact', 'verify'] as const).map(
      (rule) => figure(rule, 10_000_000).falsePerMillion.value,
    );
    expect(exact).toBeGreaterThan(verify ?? 0);
    expect(figure('confirmed', 100_000).recall.value).toBeGreaterThan(0.5);
  });

  it('counts on lists of one country its own vehicles alone, and meets its plates there more often', () => {
    const passages = honestPassages(1000, 3);
    const on = (listed?: string) => {
      const one = new ListMeasure({ population: traffic, calibration, terms, sizes: [10_000_000], draws: 20, listed });
      for (const passage of passages) one.add(passage);
      return one.figures().find(({ rule }) => rule === 'exact');
    };
    const dutch = passages.filter(({ country }) => country === 'NL');
    const right = dutch.filter(({ text, best }) => best !== null && fold(best) === fold(text)).length;
    expect(on('NL')?.recall.value).toBeCloseTo(right / dutch.length, 9);
    expect(on('NL')?.falsePerMillion.value).toBeGreaterThan(on()?.falsePerMillion.value ?? 0);
    expect(on('GBZ')?.falsePerMillion.value).toBe(0);
  });

  it('prints a line for each rule and size, and a curve for each rule', () => {
    const lines = listLines(figures, { passages: measure.passages, draws: 100 }).split('\n');
    expect(lines).toHaveLength(10);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ rule: 'exact', entries: 100_000, passages: 3000 });
    for (const line of lines) {
      const { recall, falsePerMillion } = JSON.parse(line) as Record<string, unknown>;
      expect(typeof recall).toBe('number');
      expect(typeof falsePerMillion).toBe('number');
    }
    const plot = listPlot(figures);
    expect(plot.match(/<polyline/g)).toHaveLength(5);
    expect(plot).not.toContain('NaN');
  });
});
