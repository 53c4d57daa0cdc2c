import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownCountries } from './country-syntax.ts';
import { withSyntax } from './syntax-prior.ts';

describe('what countries write', () => {
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
        { text: 'KU1ROBOT', probability: 0.999 },
        { text: 'KU123AB', probability: 0.0001 },
      ],
      countries: [{ country: 'A', probability: 0.99 }],
    });
    expect(spellings[0]?.text).toBe('KU1ROBOT');
    expect(spellings[0]?.probability).toBeGreaterThan(0.8);
  });

  it('corrects the country, however sure the reader, where no plate of it is written so and every plate of another is', () => {
    const { countries } = withSyntax({
      spellings: [{ text: 'CJ12ABC', probability: 0.99 }],
      countries: [
        { country: 'I', probability: 0.55 },
        { country: 'RO', probability: 0.45 },
      ],
    });
    expect(countries[0]?.country).toBe('RO');
    expect(countries[0]?.probability).toBeGreaterThan(0.9);
  });

  it('takes `other` for the countries that the reader does not name', () => {
    const read = { spellings: [{ text: 'A12E345', probability: 0.99 }] };
    const even = (codes: readonly string[]) => codes.map((country) => ({ country, probability: 1 / codes.length }));
    expect(withSyntax({ ...read, countries: even(['other', 'F']) }).countries[0]?.country).toBe('other');
    expect(withSyntax({ ...read, countries: even(['other', 'F', 'BIH']) }).countries[0]?.country).toBe('BIH');
  });

  it('says how well countries explain a text: a plate of a series well, lettering that nobody registers hardly', () => {
    const fitOf = (text: string) =>
      withSyntax({ spellings: [{ text, probability: 0.99 }], countries: [{ country: 'NL', probability: 1 }] }).fit;
    expect(fitOf('12GBX3')).toBeGreaterThan(0.3);
    expect(fitOf('ECOLOGY')).toBeLessThan(0.05);
    expect(withSyntax({ spellings: [], countries: [] }).fit).toBe(0);
  });

  it('leaves what was not spelled as it is, and what is asked after it as if it had not been asked', () => {
    const codes = fc.uniqueArray(fc.constantFrom('B', 'D', 'F', 'NL', 'ZZ', 'other'));
    const read = {
      spellings: [{ text: '1ABC123', probability: 0.9 }],
      countries: ['NL', 'B', 'other'].map((country) => ({ country, probability: 1 / 3 })),
    };
    const before = withSyntax(read);
    fc.assert(
      fc.property(codes, (all) => {
        const countries = all.map((country, i) => ({ country, probability: 1 / (i + 2) }));
        expect(withSyntax({ spellings: [], countries })).toEqual({ spellings: [], countries, fit: 0 });
        expect(withSyntax(read)).toEqual(before);
      }),
    );
  });

  it('works with codes that no country file describes', () => {
    const countries = ['ZZ', 'YY'].map((country) => ({ country, probability: 0.5 }));
    const spellings = [{ text: 'AB123', probability: 0.9 }];
    const after = withSyntax({ spellings, countries });
    expect(after.spellings[0]?.probability).toBeCloseTo(0.9);
    for (const { probability } of after.countries) expect(probability).toBeCloseTo(0.5);
    const endless = { text: 'A'.repeat(40), probability: 0.9 };
    expect(withSyntax({ spellings: [endless], countries }).spellings[0]?.probability).toBeCloseTo(0.9);
  });

  it('says of all countries at once what each of them says of each text', () => {
    const texts = [
      '1ABC123',
      'AB123CD',
      'MXY12',
      'B42',
      'AB12',
      '12ABC3',
      'KDS-9',
      'ECOLOGY',
      `1ABC123${'0'.repeat(32)}`,
    ];
    const codes = ['B', 'F', 'D', 'NL', 'L', 'H', 'other'];
    const named = codes.flatMap((code) => knownCountries().get(code) ?? []);
    const unnamed = [...new Set(knownCountries().values())].filter((one) => !named.includes(one));
    const densityOf = (text: string, code: string) => {
      const syntaxes = code === 'other' ? unnamed : [knownCountries().get(code)!];
      return syntaxes.reduce((sum, one) => sum + one.density(text), 0) / syntaxes.length;
    };
    const spellings = texts.map((text, i) => ({ text, probability: 0.2 / 1.3 ** i }));
    const countries = codes.map((country, i) => ({ country, probability: 0.5 ** (i + 1) }));
    const joint = (text: string, code: string) =>
      spellings.find((one) => one.text === text)!.probability *
      countries.find(({ country }) => country === code)!.probability *
      densityOf(text, code) ** 0.55;
    const total = texts.reduce((sum, text) => sum + codes.reduce((all, code) => all + joint(text, code), 0), 0);
    const before = spellings.reduce((sum, { probability }) => sum + probability, 0);
    const after = withSyntax({ spellings, countries });
    expect(after.fit).toBeCloseTo(total / before, 12);
    for (const { text, probability } of after.spellings) {
      const own = codes.reduce((sum, code) => sum + joint(text, code), 0);
      expect(probability).toBeCloseTo((own / total) * before, 12);
    }
    for (const { country, probability } of after.countries) {
      const own = texts.reduce((sum, text) => sum + joint(text, country), 0);
      expect(probability).toBeCloseTo(own / total, 12);
    }
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
