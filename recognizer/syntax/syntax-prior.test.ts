import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLATE_FORMATS } from './plate-formats.ts';
import { syntaxWeight, withSyntax } from './syntax-prior.ts';

describe('an ordinary plate of', () => {
  it.each([
    ['NL', 'AB1234 1234AB 12AB34 AB12DF 12ABDF ABDF12 12DFGH 12DFG3 1DFG23 DF123G D123FG DFG12H D12FGH 1DF234 123DF4'],
    ['B', '1ABC123 2XYZ987 ABC123 123ABC OABC123 TABC123 9ABC123'],
    ['F', 'AA123AA GK987ZX 1234AB56 123ABC75 12AB2A 1020HG90 1131XD29'],
    ['L', 'AB1234 12345 1234'],
    ['D', 'BAB1234 MX1 HHAB12E KLE12H DNAB123'],
    ['GB', 'AB12CDE A123BCD ABC123D Y26MAY'],
    ['I', 'AB123CD EF987GH'],
    ['E', '1234BCD M1234AB'],
    ['P', 'AA12BB 1234AB 12AB34'],
    ['A', 'W12345A KU123AB GD1ABC'],
    ['CH', 'ZH123456 GE1'],
    ['PL', 'WA12345 KR2928K TKIKG72 GD9751J'],
    ['CZ', '1A23456 6A98389'],
    ['SK', 'BA123AB BB249AI'],
    ['RO', 'B123ABC B21GSB IF05TAC SB06KBE'],
    ['H', 'ABC123 AABB123'],
    ['SLO', 'LJAB123 MBC1234'],
    ['IRL', '02D85218 131KY1234'],
    ['BG', 'CA6505PC B1234AB'],
  ])('%s', (country, texts) => {
    for (const text of texts.split(' ')) expect([text, syntaxWeight(country, text)]).toEqual([text, 1]);
  });
});

describe('a near miss or another kind of plate of', () => {
  it.each([
    ['NL', 'A12345 ABCDEF 123456 AB12C QQ12AB3'],
    ['B', '1AB1123 0ABC123 1ABC12 1A8C123'],
    ['F', 'AA12AA AA123A OA123AA AI123BB'],
    ['L', 'A12345 ABC123'],
    ['D', '1AB234 ABCDEFG BAB12345'],
    ['GB', 'AB1CDE 1B12CDE ABI2CDE'],
    ['E', '1234ABC 1234EOU'],
    ['CH', 'XX12345 ZH1234567'],
    ['RO', 'B123AB XX12ABC'],
    ['SK', '8A123AB BA12AB'],
  ])('%s weighs less, but never nothing', (country, texts) => {
    for (const text of texts.split(' ')) {
      expect([text, syntaxWeight(country, text) < 1]).toEqual([text, true]);
      expect(syntaxWeight(country, text)).toBeGreaterThan(0);
    }
  });
});

describe('what countries write', () => {
  it('is told once a country, in expressions that compile', () => {
    const countries = PLATE_FORMATS.map(({ country }) => country);
    expect(new Set(countries).size).toBe(countries.length);
    for (const { country } of PLATE_FORMATS) expect(syntaxWeight(country, 'AB')).toBeGreaterThan(0);
  });

  it("puts a digit in a digit's place", () => {
    const { spellings } = withSyntax({
      spellings: [
        { text: '1A8C123', probability: 0.5 },
        { text: '1ABC123', probability: 0.4 },
      ],
      countries: [{ country: 'B', probability: 1 }],
    });
    expect(spellings[0]?.text).toBe('1ABC123');
  });

  it('tells countries apart that look alike', () => {
    const { countries } = withSyntax({
      spellings: [{ text: '1ABC123', probability: 0.99 }],
      countries: [
        { country: 'F', probability: 0.6 },
        { country: 'B', probability: 0.4 },
      ],
    });
    expect(countries[0]?.country).toBe('B');
  });

  it('does not overrule a camera that sees clearly: a personal plate stays', () => {
    const { spellings } = withSyntax({
      spellings: [
        { text: 'KU1ROBOT', probability: 0.97 },
        { text: 'KU123AB', probability: 0.001 },
      ],
      countries: [{ country: 'A', probability: 0.99 }],
    });
    expect(spellings[0]?.text).toBe('KU1ROBOT');
    expect(spellings[0]?.probability).toBeGreaterThan(0.9);
  });

  it('keeps every spelling and the sums of both', () => {
    const letters = fc.array(fc.constantFrom('0', '1', '8', 'A', 'B', 'O'), { minLength: 1, maxLength: 8 });
    const texts = fc.uniqueArray(
      letters.map((characters) => characters.join('')),
      { minLength: 1, maxLength: 10 },
    );
    const shares = fc.array(fc.double({ min: 1e-6, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(texts, shares, (all, countryShares) => {
        const sum = countryShares.reduce((a, b) => a + b, 0);
        const before = all.map((text, i) => ({ text, probability: 0.9 / all.length / (1 + (i % 3)) }));
        const after = withSyntax({
          spellings: before,
          countries: ['NL', 'B', 'F', 'other'].map((country, i) => ({ country, probability: countryShares[i]! / sum })),
        });
        const total = (list: readonly { probability: number }[]) =>
          list.reduce((a, { probability }) => a + probability, 0);
        expect(total(after.spellings)).toBeCloseTo(total(before), 9);
        expect(total(after.countries)).toBeCloseTo(1, 3);
        expect(after.spellings.map(({ text }) => text).sort()).toEqual([...all].sort());
      }),
    );
  });
});
