import type { Corners, PlateRead } from '../../../recognizer/plate.ts';

/** What `read` tells of one picture or video frame: with --json one line of this, a public contract. */
export interface ReadResult {
  readonly source: string;
  readonly frame: number;
  readonly width: number;
  readonly height: number;
  readonly plates: readonly ReadPlate[];
  readonly ms: { readonly decode: number; readonly detect: number; readonly read: number };
}

export interface ReadPlate {
  /** Canonical: A-Z 0-9. */
  readonly text: string;
  readonly probability: number;
  readonly country: string;
  readonly countryProbability: number;
  readonly rows: 1 | 2;
  /** Clockwise from the plate's own top left, in pixels of the source. */
  readonly corners: Corners;
  readonly alternatives: readonly { readonly text: string; readonly probability: number }[];
}

/** Null for a read without any text. */
export function readPlate(read: PlateRead): ReadPlate | null {
  const [best, ...others] = read.spellings;
  if (best === undefined) return null;
  const [country] = read.countries;
  return {
    text: best.text,
    probability: rounded(best.probability),
    country: country?.country ?? 'other',
    countryProbability: rounded(country?.probability ?? 0),
    rows: read.rows,
    corners: roundedCorners(read.corners),
    alternatives: others.map(({ text, probability }) => ({ text, probability: rounded(probability) })),
  };
}

/** To four digits that count: what is 0.999987 must not become 1, nor 0.0000012 nothing. */
function rounded(probability: number): number {
  const doubt = 1 - probability;
  return probability > 0.5
    ? Math.max(0, Math.min(1, 1 - Number(doubt.toPrecision(4))))
    : Number(probability.toPrecision(4));
}

function roundedCorners([a, b, c, d]: Corners): Corners {
  const tenth = ([x, y]: readonly [number, number]) => [Math.round(x * 10) / 10, Math.round(y * 10) / 10] as const;
  return [tenth(a), tenth(b), tenth(c), tenth(d)];
}

/** A few lines for people. */
export function readTable(result: ReadResult): readonly (readonly string[])[] {
  const { source, frame, ms } = result;
  const name = frame > 0 ? `${source}:${frame}` : source;
  const times = `${(ms.decode + ms.detect + ms.read).toFixed(1)} ms`;
  if (result.plates.length === 0) return [[name, '-', '', '', '', '', times]];
  return result.plates.map((plate, index) => [
    index === 0 ? name : '',
    plate.text,
    percent(plate.probability),
    plate.country,
    percent(plate.countryProbability),
    plate.rows === 2 ? 'two rows' : '',
    index === 0 ? times : '',
  ]);
}

export function percent(probability: number): string {
  return `${(100 * probability).toFixed(probability > 0.99 && probability < 1 ? 3 : 1)} %`;
}
