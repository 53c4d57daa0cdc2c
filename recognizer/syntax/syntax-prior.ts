import { byProbability, type Hypotheses } from '../plate.ts';
import { CountriesTogether, seriesDensity } from './countries-together.ts';
import { flatDensity } from './country-syntax.ts';
import { written } from './written-text.ts';

/** What is known of a plate once countries have been asked. */
export interface JoinedHypotheses extends Hypotheses {
  /**
   * How much better these countries' series explain what was seen than letters and digits at random would; as the root, as all of
   * syntax counts. About 1 for most plates, a hundredth for lettering that nobody registers.
   */
  readonly fit: number;
}

/**
 * Joins what the eye saw with what countries write. Each pair of spelling and country is as probable as both were apart, times how
 * well they suit each other: the root of the text's density among the country's plates. The root, because the reader has learnt
 * from plates in these formats, so half of what they say is known to it already.
 * A camera that sees clearly can say so against every rule: foreign, old, diplomatic and personal plates exist. Then each is
 * summed over the other. Spellings and countries correct one another (an O in a digit's place, a Belgian plate taken for French). The
 * spellings' sum stays as it was: what was not spelled out is not judged.
 */
export function withSyntax({ spellings, countries }: Hypotheses): JoinedHypotheses {
  const together = togetherOf(countries.map(({ country }) => country));
  const { size, personal, rootPersonal } = together;
  const seen = new Float64Array(size);
  for (const { country, probability } of countries) seen[together.placeOf(country)] = probability;
  const sums = new Float64Array(size);
  let ofNoSeries = 0;
  for (let at = 0; at < size; at++) ofNoSeries += (seen[at] as number) * (rootPersonal[at] as number);
  let flatSum = 0;
  let before = 0;
  let after = 0;
  const joined = spellings.map(({ text, probability }) => {
    const one = written(text);
    const flat = flatDensity(one);
    const rootFlat = Math.sqrt(flat);
    let sum = ofNoSeries * rootFlat;
    for (const writer of together.writersOf(one)) {
      const { at } = writer;
      const density = (personal[at] as number) * flat + seriesDensity(writer, one);
      const more = (seen[at] as number) * (Math.sqrt(density) - (rootPersonal[at] as number) * rootFlat);
      sum += more;
      sums[at] = (sums[at] as number) + probability * more;
    }
    flatSum += probability * rootFlat;
    before += probability;
    after += probability * sum;
    return { text, probability: probability * sum };
  });
  if (!(after > 0)) return { spellings, countries, fit: 0 };
  const countrySum = (at: number) =>
    (sums[at] as number) + flatSum * (seen[at] as number) * (rootPersonal[at] as number);
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

/** The same countries are asked at every read of one reader. */
function togetherOf(codes: readonly string[]): CountriesTogether {
  if (last?.size !== codes.length || codes.some((code) => last?.placeOf(code) === -1))
    last = new CountriesTogether(codes);
  return last;
}

let last: CountriesTogether | undefined;
