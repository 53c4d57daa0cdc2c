import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../../config/foundation/fold.ts';
import { borderPlates } from '../traffic/border-plates.ts';
import { borderTraffic } from '../traffic/plate-population.ts';
import { type Calibration, calibrationSchema, leastStrength, shippedCalibration } from './calibration.ts';
import { foldedSpellings } from './folded-spelling.ts';
import { gradeCandidates, type HitTerms, leastPosterior } from './hit-grade.ts';
import { type Candidate, evidenceOf } from './posterior.ts';

const traffic = borderTraffic();
const terms: HitTerms = {
  expectedGenuinePerMillion: 10,
  entries: 1_000_000,
  falseHitsPerMillion: { confirmed: 1, verify: 20 },
};

function probabilityOf(
  listed: string,
  spellings: Record<string, number>,
  countries: Record<string, number> = { NL: 0.999 },
  entries = terms.entries,
) {
  const reading = {
    spellings: Object.entries(spellings).map(([text, probability]) => ({ text, probability })),
    countries: Object.entries(countries).map(([country, probability]) => ({ country, probability })),
  };
  const folded = foldedSpellings(reading);
  const evidence = evidenceOf(reading, folded, traffic);
  const candidates: Candidate[] = folded
    .filter((one) => one.folded === fold(listed))
    .map((met) => ({ met, entry: { text: listed, country: 'NL', reference: 'listed' } }));
  return gradeCandidates(evidence, candidates, { ...terms, entries })[0]?.probability ?? 0;
}

describe('the posterior', () => {
  it('grows with what the reader gives the listed plate', () => {
    const share = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
    fc.assert(
      fc.property(share, share, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        const at = (q: number) => probabilityOf('GB001B', { GB001B: q, GB007B: 1 - q });
        expect(at(high)).toBeGreaterThanOrEqual(at(low));
      }),
    );
  });

  it('grows with how much the plate looks like one of its country', () => {
    const at = (nl: number) => probabilityOf('GB001B', { GB001B: 0.999 }, { NL: nl, other: 1 - nl });
    expect(at(0.99)).toBeGreaterThan(at(0.5));
    expect(at(0.5)).toBeGreaterThan(at(0.01));
  });

  it('falls as the list grows', () => {
    const at = (entries: number) => probabilityOf('GB001B', { GB001B: 0.99, GB007B: 0.01 }, { NL: 0.999 }, entries);
    expect(at(1e3)).toBeGreaterThan(at(1e5));
    expect(at(1e5)).toBeGreaterThan(at(1e7));
    expect(at(1e7)).toBeGreaterThan(0);
  });

  it('lets a spelling that no country writes stand little in the way of one that is usual', () => {
    const besideUsual = probabilityOf('GB001B', { GB001B: 0.5, GB007B: 0.5 });
    const besideUnheardOf = probabilityOf('GB001B', { GB001B: 0.5, GB0O1BX8: 0.5 });
    expect(besideUnheardOf).toBeGreaterThan(10 * besideUsual);
  });

  it('is a probability whatever the reading says', () => {
    const text = fc.stringMatching(/^[A-Z0-9]{1,12}$/);
    const spelling = fc.record({ text, probability: fc.double({ min: 0, max: 1, noNaN: true }) });
    const country = fc.record({
      country: fc.constantFrom('NL', 'B', 'other', 'XX'),
      probability: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const reading = fc.record({
      spellings: fc.array(spelling, { minLength: 1, maxLength: 8 }),
      countries: fc.array(country, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(reading, (one) => {
        const folded = foldedSpellings(one);
        const candidates = folded.map((met) => ({
          met,
          entry: { text: met.spellings[0]?.text ?? '', reference: 'r' },
        }));
        for (const { probability } of gradeCandidates(evidenceOf(one, folded, traffic), candidates, terms)) {
          expect(probability).toBeGreaterThanOrEqual(0);
          expect(probability).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe('a plate of a country that hardly ever comes by', () => {
  const posteriorOf = (
    country: string,
    listed: string,
    seen: Record<string, number>,
    looks: Record<string, number>,
  ) => {
    const pairs = (record: Record<string, number>) => Object.entries(record);
    const one = {
      spellings: pairs(seen).map(([text, probability]) => ({ text, probability })),
      countries: pairs(looks).map(([name, probability]) => ({ country: name, probability })),
    };
    const folded = foldedSpellings(one);
    const candidates = folded
      .filter(({ folded: text }) => text === fold(listed))
      .map((met) => ({ met, entry: { text: listed, country, reference: 'listed' } }));
    return gradeCandidates(evidenceOf(one, folded, traffic), candidates, { ...terms, entries: 1_000_000 })[0];
  };

  it('competes with its neighbours as any other does: every country that the reader names has its traffic', () => {
    const { countries } = JSON.parse(readFileSync('recognizer/models/reader.json', 'utf8')) as { countries: string[] };
    expect(countries.filter((name) => !traffic.countries.includes(name))).toEqual([]);
    const doubtful = { AA1234BB: 0.97, AA1284BB: 0.03 };
    expect(posteriorOf('UA', 'AA1284BB', doubtful, { UA: 0.98, other: 0.02 })?.grade).toBeNull();
    expect(posteriorOf('TR', '34ABC12', { '34ABC72': 0.97, '34ABC12': 0.03 }, { TR: 0.99 })?.grade).not.toBe(
      'confirmed',
    );
  });

  it('does not stand against itself, by whatever name its country goes', () => {
    const sure = { AA1234BB: 0.99999 };
    expect(posteriorOf('UA', 'AA1234BB', sure, { UA: 0.98, other: 0.02 })?.grade).toBe('confirmed');
    for (const country of ['KZ', 'other'])
      expect(posteriorOf(country, '123ABC02', { '123ABC02': 0.99999 }, { other: 0.98 })?.grade).toBe('confirmed');
  });
});

it('takes nothing from an entry for another one with unknown characters that the same spelling meets', () => {
  const one = {
    spellings: [
      { text: '12TBB3', probability: 0.5 },
      { text: '12TBB8', probability: 0.499 },
    ],
    countries: [{ country: 'NL', probability: 0.999 }],
  };
  const folded = foldedSpellings(one);
  const met = folded.find(({ folded: text }) => text === fold('12TBB3'));
  if (met === undefined) throw new Error('not met');
  const exact = { met, entry: { text: '12TBB3', country: 'NL', reference: 'exact' } };
  const open = { met, entry: { text: '12TB?3', country: 'NL', reference: 'open' } };
  const evidence = evidenceOf(one, folded, traffic);
  const [alone] = gradeCandidates(evidence, [exact], terms);
  const [beside] = gradeCandidates(evidence, [exact, open], terms);
  expect(beside?.probability).toBeGreaterThanOrEqual(alone?.probability ?? 1);
});

describe('the threshold', () => {
  const per = (confirmed: number) => ({ ...terms, falseHitsPerMillion: { confirmed, verify: 20 } });

  it('asks more of a match the smaller the budget and the longer the list', () => {
    expect(leastPosterior('confirmed', per(0.01))).toBeGreaterThan(leastPosterior('confirmed', per(1)));
    const strengthFor = (entries: number) => leastStrength(shippedCalibration, 1e-6 / entries);
    expect(strengthFor(1e7)).toBeGreaterThan(strengthFor(1e5));
    expect(leastPosterior('confirmed', terms)).toBeGreaterThanOrEqual(leastPosterior('verify', terms));
  });

  it('never shows a picture that has less than one chance in a hundred, however short the list', () => {
    expect(leastPosterior('verify', { ...terms, entries: 1 })).toBe(0.01);
    expect(leastPosterior('confirmed', { ...terms, entries: 1 })).toBe(0.2);
  });

  it('follows the curve between its points, and beyond them stays on the safe side', () => {
    const curve: Calibration = {
      ...shippedCalibration,
      falsePerEntry: [
        [1, 1e-6],
        [100, 1e-8],
      ],
    };
    expect(leastStrength(curve, 1e-7)).toBeCloseTo(10, 6);
    expect(leastStrength(curve, 1e-9)).toBeCloseTo(1000, 6);
    expect(leastStrength(curve, 1)).toBe(1);
    expect(leastStrength(curve, 1e-6)).toBe(1);
  });

  it('takes no calibration whose false hits grow with strength', () => {
    const rising = [
      [1, 1e-8],
      [10, 1e-7],
    ];
    expect(calibrationSchema.safeParse({ ...shippedCalibration, falsePerEntry: rising }).success).toBe(false);
  });
});

describe('the traffic', () => {
  it('draws what it holds dense: no plate that it thinks impossible, and each series as often as it says', () => {
    const random = seeded(1);
    const drawn = Array.from({ length: 4000 }, () => traffic.draw(random));
    expect(drawn.filter(({ text, country }) => !(traffic.density(fold(text), country) > 0))).toEqual([]);
    const total = borderPlates.reduce((sum, { traffic: part }) => sum + part, 0);
    for (const { country, traffic: part } of borderPlates.filter((one) => one.traffic > 0.1)) {
      const share = drawn.filter((one) => one.country === country).length / drawn.length;
      expect(Math.abs(share - part / total)).toBeLessThan(0.03);
    }
    const french = drawn.filter(({ country }) => country === 'F');
    const current = french.filter(({ text }) => /^[A-H][A-Z]\d{3}[A-Z]{2}$/.test(text)).length;
    expect(current / french.length).toBeGreaterThan(0.9);
  });

  it('shows a band as often as the series does', () => {
    const random = seeded(2);
    const drawn = Array.from({ length: 20_000 }, () => traffic.draw(random));
    const banded = (plates: typeof drawn) => plates.filter((one) => one.banded).length / plates.length;
    const of = (country: string) => drawn.filter((one) => one.country === country);
    expect(banded(of('NL'))).toBeGreaterThan(0.98);
    expect(banded(of('CH'))).toBe(0);
    expect(banded(of('GB'))).toBeLessThan(0.65);
    const [old, european] = [/^[A-Z]{3}\d{3}$/, /^[12][A-Z]{3}\d{3}$/].map((pattern) =>
      banded(of('B').filter(({ text }) => pattern.test(text))),
    );
    expect(european).toBeGreaterThan(0.98);
    expect(old).toBeLessThan(0.45);
  });

  it('adds up to one over all plates of a country with few of them', () => {
    let luxembourg = 0;
    for (let number = 0; number < 10_000; number += 1)
      luxembourg += traffic.density(fold(String(number).padStart(4, '0')), 'L');
    const share = borderPlates.find(({ country }) => country === 'L');
    const total = borderPlates.reduce((sum, { traffic: part }) => sum + part, 0);
    const ofCountry = (share?.traffic ?? 0) / total;
    expect(luxembourg / ofCountry).toBeGreaterThan(0.039 * 0.98);
    expect(luxembourg / ofCountry).toBeLessThan(0.045);
  });
});

/** mulberry32, public domain. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
