/** How probable it is that the next unlisted vehicle carries exactly this text as a plate of this country. */
export interface PlatePopulation {
  readonly countries: readonly string[];
  density(text: string, country: string): number;
  /** The same for a text of that country which the reading does not name. */
  typicalDensity(country: string): number;
}

interface Syntax {
  /** On the folded text: `L` a letter (or 0, 1 for O, I), `D` a digit. */
  readonly shape: string;
  /** Its part of the country's vehicles. */
  readonly part: number;
  /** How many plates the shape can make. */
  readonly size: number;
}

interface CountryPlates {
  readonly country: string;
  /** Its part of the traffic. */
  readonly traffic: number;
  readonly syntaxes: readonly Syntax[];
}

/**
 * Rough shares, good to a factor of two or so, which moves a posterior little. Sizes follow from each series' alphabet: e.g. France
 * AA-123-AA has 23 letters in four places and 999 numbers, Belgium 1-ABC-123 26 letters in three and 8 prefixes of which few are in use.
 */
const benelux: readonly CountryPlates[] = [
  {
    country: 'NL',
    traffic: 0.35,
    syntaxes: [
      { shape: 'LLDDDL', part: 0.35, size: 6e6 },
      { shape: 'LDDDLL', part: 0.3, size: 6e6 },
      { shape: 'DDLLLD', part: 0.12, size: 6e6 },
      { shape: 'DLLLDD', part: 0.12, size: 6e6 },
      { shape: 'DDLLLL', part: 0.03, size: 8e6 },
      { shape: 'LLLLDD', part: 0.03, size: 8e6 },
      { shape: 'LLDDLL', part: 0.02, size: 8e6 },
      { shape: 'LLLDDL', part: 0.02, size: 6e6 },
      { shape: 'LDDLLL', part: 0.01, size: 6e6 },
      { shape: 'DLLDDD', part: 0.02, size: 6e6 },
    ],
  },
  {
    country: 'B',
    traffic: 0.3,
    syntaxes: [
      { shape: 'DLLLDDD', part: 0.88, size: 3.5e7 },
      { shape: 'LLLDDD', part: 0.1, size: 1.7e7 },
      { shape: 'DDDLLL', part: 0.02, size: 1.7e7 },
    ],
  },
  {
    country: 'F',
    traffic: 0.15,
    syntaxes: [
      { shape: 'LLDDDLL', part: 0.97, size: 2.8e8 },
      { shape: 'DDDDLLDD', part: 0.03, size: 1e8 },
    ],
  },
  {
    country: 'L',
    traffic: 0.03,
    syntaxes: [
      { shape: 'LLDDDD', part: 0.85, size: 5e6 },
      { shape: 'DDDDD', part: 0.1, size: 9e4 },
      { shape: 'DDDD', part: 0.05, size: 9e3 },
    ],
  },
  {
    country: 'D',
    traffic: 0.1,
    syntaxes: ['LLDDDD', 'LLLDDD', 'LLLDDDD', 'LLLLDDD', 'LLLLDDDD', 'LLLLLDDD', 'LLDDD', 'LLLLDD'].map((shape) => ({
      shape,
      part: 0.125,
      size: 2e7,
    })),
  },
  { country: 'other', traffic: 0.07, syntaxes: [] },
];

/** Plates outside a country's ordinary series: diplomatic, personal, historic, and series not in the table. */
const unusualPart = 0.01;
const unusualSize = 1e9;

/** Vehicles around the four countries' borders, from the rough table above. */
export function borderTraffic(countries: readonly CountryPlates[] = benelux): PlatePopulation {
  const byName = new Map(countries.map((one) => [one.country, one]));
  return {
    countries: countries.map((one) => one.country),
    density(text, name) {
      const country = byName.get(name);
      if (country === undefined) return 0;
      const unusual = (country.syntaxes.length === 0 ? 1 : unusualPart) / unusualSize;
      let usual = 0;
      for (const { shape, part, size } of country.syntaxes) if (hasShape(text, shape)) usual += part / size;
      return country.traffic * (usual + unusual);
    },
    typicalDensity(name) {
      const country = byName.get(name);
      if (country === undefined) return 0;
      const usual = country.syntaxes.reduce((sum, { part, size }) => sum + (part * part) / size, 0);
      return country.traffic * (usual + unusualPart / unusualSize);
    },
  };
}

function hasShape(text: string, shape: string): boolean {
  if (text.length !== shape.length) return false;
  for (let index = 0; index < shape.length; index += 1) {
    const code = text.charCodeAt(index);
    const fits = shape[index] === 'L' ? isLetterLike(code) : isDigitLike(code);
    if (!fits) return false;
  }
  return true;
}

/** A to Z, or 0 and 1, which may be O and I. */
function isLetterLike(code: number): boolean {
  return (code >= 65 && code <= 90) || code === 48 || code === 49;
}

/** 0 to 9, or O and I, which may be 0 and 1. */
function isDigitLike(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 79 || code === 73;
}
