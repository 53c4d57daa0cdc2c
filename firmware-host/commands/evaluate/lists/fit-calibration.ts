import { fold } from '../../../../config/foundation/fold.ts';
import type { Calibration } from '../../../../sync/lists/matching/calibration.ts';
import { type FoldedSpelling, foldedSpellings } from '../../../../sync/lists/matching/folded-spelling.ts';
import type { Reading } from '../../../../sync/lists/matching/match.ts';
import { calibratedShares, countryEvidence, evidenceOf } from '../../../../sync/lists/matching/posterior.ts';
import type { PlatePopulation } from '../../../../sync/lists/traffic/plate-population.ts';
import { decoysOf, isCarried } from './decoys.ts';
import type { KnownPassage } from './list-measure.ts';

/** A passage of which something was read. */
interface ReadPassage extends KnownPassage {
  readonly reading: Reading;
}

type Parameter = Exclude<keyof Calibration, 'caution' | 'falsePerEntry' | 'fittedOn'>;
/** Those of floors from the lowest to the highest. */
const choices: Readonly<Record<Parameter, readonly number[]>> = {
  countryTemperature: [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.15, 1.3, 1.5, 1.75, 2, 2.5, 3],
  leastCountry: [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 2e-2],
  spellingTemperature: [0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.35, 1.5, 1.75, 2, 2.5],
  leastUnnamed: [1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3],
  unnamedDensity: [1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001],
};
const rounds = 2;
/** The parameters are known well enough from so many passages of plates that are usual in their country, and of rare ones. */
const mostPassages = { usual: 12_000, rare: 4000 };
/** Floors stand against what a reading was never shown, and cost the rest next to nothing: the highest is taken that loses no more than this. */
const floors: readonly Parameter[] = ['leastUnnamed', 'leastCountry'];
const floorsMayLose = 0.005;
/** Plates beyond those that a reading names: each of them is about so much of what is left over. */
const shareOfUnnamed = 1e-3;

const strengths = Array.from({ length: 57 }, (_, step) => 10 ** (step / 4));
/** What a budget brings differs from one half of a recording to the other: costs are held to be so many times what was found. */
const caution = 4 / 3;
/** A level of the curve stands on its own when at least so many readings bear on it. */
const enoughEvents = 100;

/**
 * Finds how far these readings may be trusted: first the parameters by likelihood, then what matches of each strength cost. Rare plates, whose
 * text another country writes more often, bring most false hits, so their mean likelihood counts as much as that of all others.
 */
export function fitCalibration(passages: readonly KnownPassage[], population: PlatePopulation, start: Calibration) {
  const read = passages.filter((one): one is ReadPassage => one.reading !== null);
  const traffic = rememberingTypical(population);
  const calibration = fitParameters(read, traffic, start);
  return { ...calibration, caution, falsePerEntry: fitCurve(passages.length, read, traffic, calibration) };
}

function fitParameters(passages: readonly ReadPassage[], population: PlatePopulation, start: Calibration) {
  const groups = fittedTo(passages, population);
  const likelihood = (calibration: Calibration) =>
    mean(groups.map((cases) => mean(cases.map((one) => logLikelihood(one, population, calibration)))));
  let best: Calibration = start;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of Object.keys(choices) as Parameter[]) {
      const tried = choices[name].map((value) => {
        const calibration = { ...best, [name]: value };
        return { calibration, score: likelihood(calibration) };
      });
      const most = Math.max(...tried.map(({ score }) => score));
      const least = floors.includes(name) ? most - floorsMayLose : most;
      best = tried.findLast(({ score }) => score >= least)?.calibration ?? best;
    }
  }
  return best;
}

interface FitCase {
  readonly reading: Reading;
  readonly folded: readonly FoldedSpelling[];
  readonly truth: string;
  /** The place of the vehicle's own country among the population's. */
  readonly ownCountry: number;
  /** Of each spelling, its density in each country: asked for once, where each choice of parameters would ask again. */
  readonly densities: ReadonlyMap<FoldedSpelling, Float64Array>;
}

/** The usual plates, and the rare ones, of countries whose density is known. */
function fittedTo(passages: readonly ReadPassage[], population: PlatePopulation): readonly (readonly FitCase[])[] {
  const usual: FitCase[] = [];
  const rare: FitCase[] = [];
  for (const one of passages) {
    const { country } = one;
    if (country === null || !population.countries.includes(country)) continue;
    const truth = fold(one.text);
    const own = population.density(truth, country);
    const isRare = population.countries.some((name) => population.density(truth, name) > own);
    const [group, most] = isRare ? [rare, mostPassages.rare] : [usual, mostPassages.usual];
    if (group.length < most) group.push(fitCase(one.reading, { truth, country }, population));
    if (usual.length === mostPassages.usual && rare.length === mostPassages.rare) break;
  }
  return [usual, rare].filter((group) => group.length > 0);
}

function fitCase(
  reading: Reading,
  { truth, country }: { readonly truth: string; readonly country: string },
  population: PlatePopulation,
): FitCase {
  const folded = foldedSpellings(reading);
  const densitiesOf = (text: string) =>
    Float64Array.from(population.countries, (name) => population.density(text, name));
  const densities = new Map(folded.map((one) => [one, densitiesOf(one.folded)]));
  return { reading, folded, truth, ownCountry: population.countries.indexOf(country), densities };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the plate that the vehicle truly carries, as an unlisted one: the weights of evidenceOf, summed without keeping them. */
function logLikelihood(one: FitCase, population: PlatePopulation, calibration: Calibration): number {
  const looks = Float64Array.from(countryEvidence(one.reading, population, calibration).values());
  const { shares, unnamed } = calibratedShares(one.folded, calibration);
  let named = 0;
  let own = 0;
  for (const [met, share] of shares) {
    const densities = one.densities.get(met);
    if (densities === undefined) continue;
    named += share * densities.reduce((sum, density, country) => sum + density * (looks[country] ?? 0), 0);
    if (met.folded === one.truth) own = share * (densities[one.ownCountry] ?? 0) * (looks[one.ownCountry] ?? 0);
  }
  const typical = population.countries.reduce(
    (sum, name, country) => sum + population.typicalDensity(name) * (looks[country] ?? 0),
    0,
  );
  const others = unnamed * calibration.unnamedDensity * typical;
  return Math.log(Math.max(Number.MIN_VALUE, own > 0 ? own : others * shareOfUnnamed) / (named + others));
}

/**
 * What a list's entries cost. Few readings are both sure and wrong, so the strongest levels are not counted but computed: from what the
 * calibrated readings themselves say, scaled by how many more were wrong than they said at the strongest level with enough of them.
 */
function fitCurve(
  count: number,
  passages: readonly ReadPassage[],
  population: PlatePopulation,
  calibration: Calibration,
): readonly (readonly [number, number])[] {
  const levels = strengths.map((strength) => ({ strength, counted: 0, squares: 0, computed: 0 }));
  for (const passage of passages) {
    const { reading } = passage;
    const evidence = evidenceOf(reading, foldedSpellings(reading), remembering(population), calibration);
    const add = (strength: number, amount: { counted: number; computed: number }) => {
      for (const level of levels) {
        if (level.strength > strength) break;
        level.counted += amount.counted;
        level.squares += amount.counted ** 2;
        level.computed += amount.computed;
      }
    };
    for (const { met, entry, density, strength } of decoysOf({ text: '', country: null }, evidence, 1e9)) {
      const country = entry.country ?? '';
      const probability = (evidence.weights.get(met)?.get(country) ?? 0) / evidence.total;
      add(strength, {
        counted: isCarried(passage, met.folded, country, population) ? 0 : density,
        computed: density * (1 - probability),
      });
    }
  }
  let ratio = 1;
  const curve: [number, number][] = [];
  for (const { strength, counted, squares, computed } of levels) {
    const events = squares === 0 ? 0 : counted ** 2 / squares;
    if (events >= enoughEvents) ratio = counted / computed;
    const cost = (caution * computed * ratio) / count;
    const before = curve.at(-1)?.[1] ?? Number.POSITIVE_INFINITY;
    if (cost > 0 && cost < before) curve.push([round(strength), round(cost)]);
  }
  return curve;
}

/** One passage asks for the same densities again and again. */
function remembering(population: PlatePopulation): PlatePopulation {
  const known = new Map<string, number>();
  return {
    countries: population.countries,
    share: (country) => population.share(country),
    typicalDensity: (country) => population.typicalDensity(country),
    density(folded, country) {
      const key = `${folded}/${country}`;
      const before = known.get(key);
      if (before !== undefined) return before;
      const density = population.density(folded, country);
      known.set(key, density);
      return density;
    },
  };
}

function rememberingTypical(population: PlatePopulation): PlatePopulation {
  const known = new Map(population.countries.map((country) => [country, population.typicalDensity(country)]));
  return {
    countries: population.countries,
    share: (country) => population.share(country),
    density: (folded, country) => population.density(folded, country),
    typicalDensity: (country) => known.get(country) ?? population.typicalDensity(country),
  };
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
