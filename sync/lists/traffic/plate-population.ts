import { borderPlates } from './border-plates.ts';
import { type CountryPlates, shortestUnusual, unusualCharacters, unusualLengths, unusualPart } from './plate-series.ts';
import { type CompiledSeries, compileSeries, drawnPlate, seriesProbability } from './series-pattern.ts';

/** What vehicles carry where this node stands. */
export interface PlatePopulation {
  readonly countries: readonly string[];
  /** A country's part of the traffic; 0 for one that it does not list. */
  share(country: string): number;
  /** How probable it is that the next unlisted vehicle carries exactly this text (in its look-up form) as a plate of this country. */
  density(folded: string, country: string): number;
  /** The same as density for a text of that country which the reading does not name. */
  typicalDensity(country: string): number;
}

/** A vehicle of the traffic, as far as its plate goes. */
export interface DrawnPlate {
  readonly country: string;
  /** As it is laid out: separators, `*` for a seal, `|` where a second row begins. */
  readonly layout: string;
  /** Canonical: A-Z 0-9. */
  readonly text: string;
  /** Whether it shows its country's letters in a band. */
  readonly banded: boolean;
}

interface CompiledCountry {
  readonly country: string;
  readonly traffic: number;
  readonly banded: number;
  readonly series: readonly CompiledSeries[];
  readonly unusualPart: number;
}

/** The generative model of traffic: the same tables give the density of a text and draw plates at random. */
export class Traffic implements PlatePopulation {
  readonly countries: readonly string[];
  readonly #byName: ReadonlyMap<string, CompiledCountry>;

  constructor(plates: readonly CountryPlates[]) {
    const total = plates.reduce((sum, { traffic }) => sum + traffic, 0);
    this.countries = plates.map(({ country }) => country);
    this.#byName = new Map(plates.map((one) => [one.country, compiled(one, total)]));
  }

  share(name: string): number {
    return this.#byName.get(name)?.traffic ?? 0;
  }

  density(folded: string, name: string): number {
    const country = this.#byName.get(name);
    if (country === undefined) return 0;
    let usual = 0;
    for (const series of country.series) usual += series.part * seriesProbability(series, folded);
    return country.traffic * ((1 - country.unusualPart) * usual + country.unusualPart * unusualDensity(folded.length));
  }

  typicalDensity(name: string): number {
    const country = this.#byName.get(name);
    if (country === undefined) return 0;
    const usual = country.series.reduce((sum, { part, collision }) => sum + part * part * collision, 0);
    return country.traffic * ((1 - country.unusualPart) * usual + country.unusualPart * unusualDensity(7));
  }

  /** One vehicle at random. */
  draw(random: () => number): DrawnPlate {
    const country = pickBy([...this.#byName.values()], ({ traffic }) => traffic, random);
    const series = random() < country.unusualPart ? null : pickBy(country.series, ({ part }) => part, random);
    const layout = series === null ? unusualPlate(random) : drawnPlate(series, random);
    const banded = random() < (series?.banded ?? country.banded);
    return { country: country.country, layout, text: layout.replaceAll(/[^A-Z0-9]/g, ''), banded };
  }
}

/** Vehicles around the four countries' borders. */
export function borderTraffic(): Traffic {
  return new Traffic(borderPlates);
}

function compiled(plates: CountryPlates, totalTraffic: number): CompiledCountry {
  const series = compileSeries(plates);
  const total = series.reduce((sum, { part }) => sum + part, 0);
  return {
    country: plates.country,
    traffic: plates.traffic / totalTraffic,
    banded: plates.banded,
    series: series.map((one) => ({ ...one, part: one.part / total })),
    unusualPart: series.length === 0 ? 1 : unusualPart,
  };
}

function unusualDensity(length: number): number {
  return unusualCharacters ** -Math.max(shortestUnusual, length) / unusualLengths;
}

/** Some letters and some digits, as personal and other countries' plates have them. */
function unusualPlate(random: () => number): string {
  const letter = () => String.fromCharCode(65 + Math.floor(random() * 26));
  const digit = () => String(Math.floor(random() * 10));
  const some = (character: () => string, least: number, most: number) =>
    Array.from({ length: least + Math.floor(random() * (most - least + 1)) }, character).join('');
  return `${some(letter, 1, 3)}-${some(digit, 3, 4)}-${some(letter, 1, 2)}`;
}

function pickBy<T>(choices: readonly T[], weight: (choice: T) => number, random: () => number): T {
  let left = random() * choices.reduce((sum, choice) => sum + weight(choice), 0);
  for (const choice of choices) {
    left -= weight(choice);
    if (left < 0) return choice;
  }
  const last = choices.at(-1);
  if (last === undefined) throw new RangeError('nothing to pick from');
  return last;
}
