import { describe, expect, it } from 'vitest';
import { parseCountryFile, readCountryFiles } from './country-file.ts';
import { CountrySyntax, knownCountries } from './country-syntax.ts';

const EUROPE =
  'A AL AND B BG BIH BY CH CY CZ D DK E EST F FIN FL FO GB GBG GBJ GBM GBZ GR H HR I IRL IS L LT LV M MC MD MK MNE N NL NMK P PL RKS RO RSM RUS S SK SLO SRB TR UA V';

describe.each(readCountryFiles())('the plates of $name ($country)', (file) => {
  const syntax = new CountrySyntax(file);

  it.each(file.series)('have the series "$name"', ({ name, examples }) => {
    for (const text of examples) expect([text, syntax.seriesOf(text)]).toEqual([text, expect.arrayContaining([name])]);
  });

  it('are not what is nearly one', () => {
    for (const text of file.nearMisses) {
      expect([text, syntax.seriesOf(text)]).toEqual([text, []]);
      expect(syntax.density(text)).toBeGreaterThan(0);
    }
  });

  it('are likelier than plates that follow no series', () => {
    const [first] = file.series.toSorted((a, b) => b.share - a.share);
    const unlikeliest = Math.min(...(first?.examples ?? []).map((text) => syntax.density(text)));
    const likeliest = Math.max(...file.nearMisses.map((text) => syntax.density(text)));
    expect(unlikeliest).toBeGreaterThan(likeliest * 10);
  });
});

describe('the country files', () => {
  it('cover Europe, each country once', () => {
    expect([...knownCountries().keys()]).toEqual(expect.arrayContaining(EUROPE.split(' ')));
    const codes = readCountryFiles().map(({ country }) => country);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('know every department of France and district of Germany that is asked for', () => {
    const france = knownCountries().get('F')!;
    const germany = knownCountries().get('D')!;
    for (const department of ['01', '19', '2A', '2B', '75', '95', '971', '976', '988'])
      expect([department, france.seriesOf(`123AB${department}`).length]).not.toEqual([department, 0]);
    for (const district of 'B HH M K MUC OHV SOM WUM LUP ZW UN AO ERZ GOA NOL'.split(' '))
      expect([district, germany.seriesOf(`${district}AB123`).length > 0]).toEqual([district, district !== 'MUC']);
  });

  it.each([
    ['L', 'AA1234', ['state and army']],
    ['L', 'CD1234', ['diplomatic corps']],
    ['B', '1AOB123', ['European series, 2010']],
    ['B', '1ABQ123', ['European series, 2010']],
  ])('of %s say of %s that it is %j and nothing else', (code, text, series) => {
    expect(knownCountries().get(code)?.seriesOf(text)).toEqual(series);
  });

  it.each([
    ['no JSON', '{ country: NL'],
    ['an unknown field', country({ regexes: ['.*'] })],
    ['a code that is no code', country({ country: '../NL' })],
    ['an expression that does not compile', country({ never: '(' })],
    ['no sources', country({ sources: [] })],
    ['no examples', country({ series: [{ name: 'x', share: 1, formats: ['L2'], examples: [] }] })],
  ])('are refused with %s', (_, text) => {
    expect(() => parseCountryFile('XX.json', text)).toThrow(
      expect.objectContaining({ code: 'syntax/bad-country-file' }),
    );
  });

  it.each(['<nowhere> D4', 'Q4', 'D4-1', 'D99', 'L4  D2', 'L0-12 D0-12 A0-12 X0-12'])(
    'are refused with the format %s',
    (format) => {
      const series = [{ name: 'x', share: 1, formats: [format], examples: ['A'] }];
      const file = parseCountryFile('XX.json', country({ series }));
      expect(() => new CountrySyntax(file)).toThrow(expect.objectContaining({ code: 'syntax/bad-format' }));
    },
  );
});

describe('a density', () => {
  const file = (formats: readonly string[], more: object = {}) =>
    new CountrySyntax(
      parseCountryFile('XX.json', country({ series: [{ name: 'x', share: 1, formats, examples: ['A'], ...more }] })),
    );

  it('sums to 1 over all texts of a format', () => {
    const syntax = file(['{A} D2']);
    let sum = 0;
    for (let i = 0; i < 100; i++) sum += syntax.density(`A${String(i).padStart(2, '0')}`) / 26 / 100;
    expect(sum).toBeCloseTo(1, 1);
  });

  it('sums to 1 over all texts of a format whose list has short and long ones', () => {
    const lists = { places: 'A BC DE FGH' };
    const series = [{ name: 'x', share: 1, formats: ['<places> D', '{K|LM} D'], examples: ['A1'] }];
    const syntax = new CountrySyntax(parseCountryFile('XX.json', country({ lists, series })));
    let sum = 0;
    for (const place of [...lists.places.split(' '), 'K', 'LM'])
      for (let digit = 0; digit < 10; digit++) sum += syntax.density(`${place}${digit}`) / 26 ** place.length / 10;
    expect(sum).toBeCloseTo(1, 1);
  });

  it('is greater where fewer letters or a list of districts leave less to choose from', () => {
    expect(file(['L2 D2'], { letters: 'A-C' }).density('AB12')).toBeGreaterThan(file(['L2 D2']).density('AB12') * 10);
  });

  it('is greater for the longer numbers of a range', () => {
    const syntax = file(['{A} D1-4']);
    expect(syntax.density('A1234')).toBeGreaterThan(syntax.density('A1') * 5);
  });

  it('keeps to the longest and to what is never issued', () => {
    const syntax = file(['L2 D1-4'], { longest: 5, never: 'SS' });
    expect(syntax.seriesOf('AB123')).toEqual(['x']);
    expect(syntax.seriesOf('AB1234')).toEqual([]);
    expect(syntax.seriesOf('SS123')).toEqual([]);
  });
});

function country(more: object): string {
  const series = [{ name: 'x', share: 1, formats: ['L2 D2'], examples: ['AB12'] }];
  return JSON.stringify({ country: 'XX', name: 'Nowhere', sources: ['none'], series, nearMisses: ['1'], ...more });
}
