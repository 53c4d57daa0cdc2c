import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlateRead } from '../plate.ts';
import { fuse, type WeighedRead } from './fusion.ts';

const OPTIONS = { spellings: 64, spellingFloor: 1e-6 };
const CORNERS = [
  [0, 0],
  [50, 0],
  [50, 12],
  [0, 12],
] as const;

function readOf(
  spellings: Record<string, number>,
  at: Partial<WeighedRead> = {},
  countries: PlateRead['countries'] = [],
): WeighedRead {
  const listed = Object.entries(spellings).map(([text, probability]) => ({ text, probability }));
  const hypotheses = { spellings: listed, countries };
  const read = { corners: CORNERS, plateProbability: 1, rows: 1 as const, ...hypotheses, seen: hypotheses };
  return { read, timeMs: 0, readability: 0.5, ...at };
}

const text = fc.string({ unit: fc.constantFrom('A', 'B', '8', '1'), minLength: 3, maxLength: 4 });
const anyRead = fc
  .record({
    texts: fc.uniqueArray(text, { minLength: 1, maxLength: 6 }),
    shares: fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 7, maxLength: 7 }),
    timeMs: fc.integer({ min: 0, max: 3000 }),
    readability: fc.double({ min: 0, max: 1, noNaN: true }),
    plateProbability: fc.double({ min: 0, max: 1, noNaN: true }),
    countries: fc.uniqueArray(fc.constantFrom('NL', 'B', 'F', 'L'), { maxLength: 4 }),
  })
  .map(({ texts, shares, timeMs, readability, plateProbability, countries }) => {
    const sum = shares.slice(0, texts.length + 1).reduce((a, b) => a + b, 0);
    const spellings = texts
      .map((text, at) => ({ text, probability: shares[at]! / sum }))
      .sort((a, b) => b.probability - a.probability);
    const known = countries.map((country) => ({ country, probability: 1 / countries.length }));
    return {
      read: {
        corners: CORNERS,
        rows: 1 as const,
        plateProbability,
        spellings,
        countries: known,
        seen: { spellings, countries: known },
      },
      timeMs,
      readability,
    };
  });
const someReads = fc.array(anyRead, { minLength: 1, maxLength: 8 });

describe('fusion', () => {
  it('makes one sure read of three doubtful ones that agree', () => {
    const fused = fuse(
      [
        readOf({ '1ABC234': 0.6, '1A8C234': 0.3 }, { timeMs: 0 }),
        readOf({ '1ABC234': 0.5, '1ABG234': 0.4 }, { timeMs: 200 }),
        readOf({ '7ABC234': 0.45, '1ABC234': 0.44 }, { timeMs: 400 }),
      ],
      OPTIONS,
    );
    expect(fused.spellings[0]?.text).toBe('1ABC234');
    expect(fused.spellings[0]?.probability).toBeGreaterThan(0.98);
  });

  it('finds a text that no single read put first', () => {
    const fused = fuse(
      [
        readOf({ AB: 0.5, CC: 0.4 }),
        readOf({ DE: 0.5, CC: 0.4 }, { timeMs: 300 }),
        readOf({ FG: 0.5, CC: 0.4 }, { timeMs: 600 }),
      ],
      OPTIONS,
    );
    expect(fused.spellings[0]?.text).toBe('CC');
  });

  it('does not replace a good read by later worse ones', () => {
    const good = readOf({ '12ABC3': 0.99, '12A8C3': 0.008 }, { readability: 0.9 });
    const worse = ['1ZABG3', '1ZA8G', 'T2A8C3', '12ABO'].map((text, at) =>
      readOf({ [text]: 0.4, [`${text}1`]: 0.2 }, { timeMs: 100 + at * 40, readability: 0.4 }),
    );
    const fused = fuse([good, ...worse], OPTIONS);
    expect(fused.spellings[0]?.text).toBe('12ABC3');
    expect(fused.spellings[0]?.probability).toBeGreaterThan(0.9);
    const agreeing = Array.from({ length: 4 }, (_, at) =>
      readOf({ '1ZABG3': 0.4 }, { timeMs: 100 + at * 40, readability: 0.4 }),
    );
    expect(fuse([good, ...agreeing], OPTIONS).spellings[0]?.text).toBe('12ABC3');
  });

  it('stays doubtful after a hundred copies of one doubtful read', () => {
    const copies = Array.from({ length: 100 }, (_, at) => readOf({ AB: 0.6, A8: 0.35 }, { timeMs: at * 40 }));
    expect(fuse(copies, OPTIONS).spellings[0]?.probability).toBeLessThan(0.96);
  });

  it('stays doubtful where one glance, repeated at once, proves nothing', () => {
    const copies = Array.from({ length: 8 }, () => readOf({ AB: 0.6, A8: 0.35 }));
    expect(fuse(copies, OPTIONS).spellings[0]?.probability).toBeLessThan(0.75);
  });

  it('pools what the pictures say, not what each of them became beside what countries write', () => {
    const one = readOf({ O0: 0.6, OO: 0.4 });
    const weighed = { ...one, read: { ...one.read, spellings: [{ text: 'OO', probability: 1 }] } };
    expect(fuse([weighed], OPTIONS).spellings[0]?.text).toBe('O0');
  });

  it('leaves the spellings of a single read as they are', () => {
    fc.assert(
      fc.property(anyRead, (only) => {
        const { spellings } = fuse([only], OPTIONS);
        expect(new Set(spellings.map(({ text }) => text))).toEqual(
          new Set(only.read.spellings.map(({ text }) => text)),
        );
        for (const { text, probability } of only.read.spellings) {
          expect(spellings.find((fused) => fused.text === text)?.probability).toBeCloseTo(probability, 3);
        }
      }),
    );
  });

  it('gives a distribution: ordered, none above one, never more than one together', () => {
    fc.assert(
      fc.property(someReads, (reads) => {
        const { spellings, countries, plateProbability } = fuse(reads, OPTIONS);
        for (const list of [spellings, countries]) {
          const probabilities = list.map(({ probability }) => probability);
          expect(probabilities.every((p) => p >= 0 && p <= 1)).toBe(true);
          expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a));
          expect(probabilities.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(1 + 1e-9);
        }
        expect(plateProbability >= 0 && plateProbability <= 1 + 1e-9).toBe(true);
      }),
    );
  });

  it('does not depend on the order of the reads', () => {
    fc.assert(
      fc.property(
        someReads.chain((reads) =>
          fc.tuple(fc.constant(reads), fc.shuffledSubarray(reads, { minLength: reads.length })),
        ),
        ([reads, shuffled]) => {
          const one = fuse(reads, OPTIONS);
          const other = new Map(fuse(shuffled, OPTIONS).spellings.map(({ text, probability }) => [text, probability]));
          for (const { text, probability } of one.spellings) {
            if (probability > 1e-5) expect(other.get(text)).toBeCloseTo(probability, 6);
          }
        },
      ),
    );
  });

  it('combines countries the same way', () => {
    const countries = [
      { country: 'F', probability: 0.3 },
      { country: 'B', probability: 0.7 },
    ];
    const reads = [0, 300, 600].map((timeMs) => readOf({ AB: 0.9 }, { timeMs }, countries));
    expect(fuse(reads, OPTIONS).countries[0]).toMatchObject({ country: 'B' });
    expect(fuse(reads, OPTIONS).countries[0]?.probability).toBeGreaterThan(0.75);
  });

  it('makes nothing of nothing, and survives reads that say nothing', () => {
    expect(fuse([], OPTIONS)).toEqual({ spellings: [], countries: [], plateProbability: 0 });
    const silent = readOf({}, { readability: 0 });
    expect(fuse([silent, silent], OPTIONS).spellings).toEqual([]);
    expect(fuse([silent, readOf({ AB: 0.9 })], OPTIONS).spellings[0]?.text).toBe('AB');
  });
});
