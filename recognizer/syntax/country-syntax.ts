import { type CountryFile, readCountryFiles } from './country-file.ts';
import { LONGEST_TEXT, lettersOf, type Slot, type Template, templatesOf } from './format-language.ts';
import { type WrittenText, written } from './written-text.ts';

/** What a plate of no series looks like: any of the two kinds of characters in each place. */
const FLAT_SHAPE = 1 / 2;
/** The same for a whole text, by its length; none that is read is longer than the reader's 40 columns. */
const FLAT_SHAPES = Array.from({ length: 41 }, (_, length) => FLAT_SHAPE ** length);

/** The density of a text among plates that follow no series. */
export function flatDensity({ characters: { length } }: WrittenText): number {
  return FLAT_SHAPES[length] ?? FLAT_SHAPE ** length;
}

const NONE: readonly SeriesTemplate[] = [];

/** 0-9A-Z. */
const CHARACTERS = 36;

interface SeriesTemplate extends Pick<Template, 'share' | 'length'> {
  /** Gains by place and character; 1 throughout where a list stands. */
  readonly gains: Float64Array;
  readonly lists: readonly {
    readonly at: number;
    readonly length: number;
    readonly gains: ReadonlyMap<string, number>;
  }[];
  /** Bit by place from the left: where only letters may stand, and where either letters or digits alone. */
  readonly letterPlaces: number;
  readonly fixedPlaces: number;
  readonly series: string;
  readonly never: RegExp | null;
}

/**
 * How often a country writes a text, as a density: the probability of the text among the country's plates, over that of the
 * same text if every letter were as frequent as every other, and every digit. So texts of different length compare, and
 * what is left is what the formats say: which places are letters, which letters, which districts.
 */
export class CountrySyntax {
  readonly country: string;
  /** The part of its plates that follow no series. */
  readonly personal: number;
  readonly #byLength = new Map<number, SeriesTemplate[]>();
  /** By length and places of letters, filled as texts ask: most texts then meet no format or one. */
  readonly #byShape = new Map<number, readonly SeriesTemplate[]>();

  /** Fault: `syntax/bad-format`. */
  constructor(file: CountryFile) {
    this.country = file.country;
    this.personal = file.personal;
    const total = file.series.reduce((sum, { share }) => sum + share, 0);
    for (const series of file.series) {
      const context = { letters: lettersOf(series.letters ?? file.letters), lists: file.lists };
      const all = series.formats.flatMap((format) => templatesOf(format, context));
      const fitting = all.filter(({ length }) => length <= series.longest);
      const kept = fitting.reduce((sum, { share }) => sum + share, 0);
      const scale = ((1 - file.personal) * series.share) / total / kept;
      const expression = series.never ?? file.never;
      const never = expression === undefined ? null : new RegExp(expression);
      for (const { share, length, slots } of fitting) {
        const laid = { ...gainsOf(slots, length), ...placesOf(slots) };
        const template = { share: share * scale, length, ...laid, series: series.name, never };
        this.#byLength.set(length, [...(this.#byLength.get(length) ?? []), template]);
      }
    }
  }

  /** Never 0: every country has plates that follow no series. */
  density(text: string): number {
    const one = written(text);
    return this.personal * flatDensity(one) + this.seriesDensity(one);
  }

  /** The same of plates that follow a series; 0 for most texts. */
  seriesDensity(one: WrittenText): number {
    let density = 0;
    const templates = this.#templatesFor(one);
    for (let i = 0; i < templates.length; i++) density += templateDensity(templates[i] as SeriesTemplate, one);
    return density;
  }

  /** Whether a series has letters and digits in these places. */
  hasShapeOf(one: WrittenText): boolean {
    return this.#templatesFor(one).length > 0;
  }

  /** The names of the series that the text belongs to. */
  seriesOf(text: string): readonly string[] {
    const one = written(text);
    const templates = this.#templatesFor(one).filter((template) => templateDensity(template, one) > 0);
    return [...new Set(templates.map(({ series }) => series))];
  }

  #templatesFor({ text, shape }: WrittenText): readonly SeriesTemplate[] {
    if (text.length > LONGEST_TEXT || shape === 0) return NONE;
    const known = this.#byShape.get(shape);
    if (known !== undefined) return known;
    const fitting = (this.#byLength.get(text.length) ?? []).filter(
      ({ letterPlaces: wanted, fixedPlaces }) => (shape & fixedPlaces) === wanted,
    );
    this.#byShape.set(shape, fitting);
    return fitting;
  }
}

/** The countries whose syntax is known, by their codes, present and former. */
export function knownCountries(): ReadonlyMap<string, CountrySyntax> {
  known ??= new Map(
    readCountryFiles().flatMap((file) => {
      const syntax = new CountrySyntax(file);
      return [file.country, ...file.formerly].map((code) => [code, syntax] as const);
    }),
  );
  return known;
}

let known: ReadonlyMap<string, CountrySyntax> | undefined;

function templateDensity({ share, gains, lists, never }: SeriesTemplate, { text, characters }: WrittenText): number {
  let density = share;
  for (let at = 0; at < characters.length && density > 0; at++)
    density *= gains[at * CHARACTERS + (characters[at] as number)] as number;
  if (density === 0) return 0;
  for (const list of lists) density *= list.gains.get(text.slice(list.at, list.at + list.length)) ?? 0;
  return density > 0 && never?.test(text) === true ? 0 : density;
}

function gainsOf(slots: readonly Slot[], length: number): Pick<SeriesTemplate, 'gains' | 'lists'> {
  const gains = new Float64Array(length * CHARACTERS).fill(1);
  const lists: SeriesTemplate['lists'][number][] = [];
  let at = 0;
  for (const slot of slots) {
    if (slot.kind === 'character') gains.set(slot.gains, at * CHARACTERS);
    else lists.push({ at, length: slot.length, gains: slot.gains });
    at += slot.kind === 'character' ? 1 : slot.length;
  }
  return { gains, lists };
}

function placesOf(slots: readonly Slot[]): { readonly letterPlaces: number; readonly fixedPlaces: number } {
  const kinds = slots.flatMap((slot) => {
    if (slot.kind === 'character') return [kindsOf(slot.gains.subarray(0, 10), slot.gains.subarray(10))];
    const texts = [...slot.gains.keys()];
    return Array.from({ length: slot.length }, (_, at) => {
      const letters = texts.filter((text) => text.charAt(at) >= 'A').length;
      return { digits: letters < texts.length, letters: letters > 0 };
    });
  });
  const bits = (wanted: (kind: { digits: boolean; letters: boolean }) => boolean) =>
    kinds.reduce((places, kind, at) => (wanted(kind) ? places | (1 << at) : places), 0);
  return {
    letterPlaces: bits(({ letters, digits }) => letters && !digits),
    fixedPlaces: bits(({ letters, digits }) => letters !== digits),
  };
}

function kindsOf(digits: Float64Array, letters: Float64Array) {
  return { digits: digits.some((gain) => gain > 0), letters: letters.some((gain) => gain > 0) };
}
