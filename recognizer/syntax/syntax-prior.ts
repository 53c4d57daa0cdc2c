import { byProbability, type Hypotheses } from '../plate.ts';
import { CountriesTogether, seriesDensity } from './countries-together.ts';
import { flatDensity } from './country-syntax.ts';
import { written } from './written-text.ts';

/** What is known of a plate once countries have been asked. */
export interface JoinedHypotheses extends Hypotheses {
  /**
   * How much better these countries' series explain what was seen than letters and digits at random would; to the power that all of
   * syntax counts. About 1 for most plates, a hundredth for lettering that nobody registers.
   */
  readonly fit: number;
}

/**
 * So much a text's density counts, as a power. Not 1, because the reader has learnt from plates in these formats, so part of what they say
 * is known to it already. Chosen on photographs among 0.5 to 0.7: higher powers tell O from 0 better and doubt personal plates more.
 */
const DENSITY_COUNTS = 0.55;

/** A pair less probable than this counts as a plate of no series: a read has hundreds of them, and all together they must not matter. */
const NEGLIGIBLE_PAIR = 1e-6;

/**
 * Joins what the eye saw with what countries write. Each pair of spelling and country is as probable as both were apart, times how
 * well they suit each other: the text's density among the country's plates, to the power that it counts.
 * A camera that sees clearly can say so against every rule: foreign, old, diplomatic and personal plates exist. Then each is
 * summed over the other. Spellings and countries correct one another (an O in a digit's place, a Belgian plate taken for French). The
 * spellings' sum stays as it was: what was not spelled out is not judged.
 */
export function withSyntax({ spellings, countries }: Hypotheses): JoinedHypotheses {
  // A vehicle without a read has no countries either, and asking none would forget those of the reader.
  if (spellings.length === 0) return { spellings, countries, fit: 0 };
  const { together, personal } = askedOf(countries.map(({ country }) => country));
  const seen = new Float64Array(together.size);
  for (const { country, probability } of countries) seen[together.placeOf(country)] = probability;
  const sums = new Float64Array(together.size);
  let ofNoSeries = 0;
  for (let at = 0; at < seen.length; at++) ofNoSeries += (seen[at] as number) * (personal[at] as number);
  let flatSum = 0;
  let before = 0;
  let after = 0;
  const joined = spellings.map(({ text, probability }) => {
    const one = written(text);
    const unusual = flatDensity(one);
    const flat = counted(unusual);
    const least = NEGLIGIBLE_PAIR / probability;
    let sum = ofNoSeries * flat;
    for (const writer of together.writersOf(one)) {
      const { at } = writer;
      if ((seen[at] as number) < least) continue;
      const density = seriesDensity(writer, one);
      if (density === 0) continue;
      const whole = counted((together.personal[at] as number) * unusual + density);
      const more = (seen[at] as number) * (whole - (personal[at] as number) * flat);
      sum += more;
      sums[at] = (sums[at] as number) + probability * more;
    }
    flatSum += probability * flat;
    before += probability;
    after += probability * sum;
    return { text, probability: probability * sum };
  });
  if (!(after > 0)) return { spellings, countries, fit: 0 };
  const countrySum = (at: number) => (sums[at] as number) + flatSum * (seen[at] as number) * (personal[at] as number);
  return {
    spellings: joined
      .map(({ text, probability }) => ({ text, probability: (probability / after) * before }))
      .sort(byProbability),
    countries: countries
      .map(({ country }) => ({ country, probability: countrySum(together.placeOf(country)) / after }))
      .sort(byProbability),
    fit: after / before,
  };
}

function counted(density: number): number {
  return density ** DENSITY_COUNTS;
}

interface Asked {
  readonly together: CountriesTogether;
  /** Of each country, the part of plates that follow no series, as it counts. */
  readonly personal: Float64Array;
}

/** The same countries are asked at every read of one reader. */
function askedOf(codes: readonly string[]): Asked {
  const same = last?.together.size === codes.length && codes.every((code) => last?.together.placeOf(code) !== -1);
  if (last === undefined || !same) {
    const together = new CountriesTogether(codes);
    last = { together, personal: together.personal.map(counted) };
  }
  return last;
}

let last: Asked | undefined;
