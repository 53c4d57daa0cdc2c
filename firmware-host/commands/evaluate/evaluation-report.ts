import { textTable } from '../../console/text-table.ts';
import { spreadOf } from '../quantile.ts';
import type { Evaluation } from './evaluation.ts';
import type { Tally } from './tally.ts';

/** The JSON form of an evaluation; shares are 0 to 1. */
export function evaluationJson(evaluation: Evaluation) {
  const { tallies, vehicles, pictures, leftOut, falsePlates, likelyFalsePlates, picturesWithFalsePlates } = evaluation;
  const { detectMs, readMs } = evaluation;
  const groups = (of: ReadonlyMap<string, Tally>) =>
    Object.fromEntries([...of].map(([name, tally]) => [name, shares(tally)]));
  return {
    pictures,
    leftOut,
    ...shares(tallies.all),
    vehicles: vehicles.marks,
    falsePlates,
    likelyFalsePlates,
    picturesWithFalsePlates,
    byQuality: groups(tallies.byQuality),
    byCountry: groups(tallies.byCountry),
    byCountryGood: groups(tallies.byCountryGood),
    sure: tallies.sure,
    detectMs: spreadOf(detectMs),
    readMs: spreadOf(readMs),
  };
}

/** The same for people. */
export function evaluationTable(evaluation: Evaluation): string {
  const { tallies, vehicles, pictures, leftOut, falsePlates, likelyFalsePlates, picturesWithFalsePlates } = evaluation;
  const { detectMs, readMs } = evaluation;
  const { marks } = vehicles;
  const byCount = (groups: ReadonlyMap<string, Tally>) => [...groups].sort((a, b) => b[1].plates - a[1].plates);
  const good = byCount(tallies.byCountryGood).map(([country, tally]) => [`${country}, good`, tally] as const);
  const rows = [['all', tallies.all] as const, ...byCount(tallies.byQuality), ...byCount(tallies.byCountry), ...good];
  const detect = spreadOf(detectMs);
  const read = spreadOf(readMs);
  return [
    ...textTable([
      ['', 'plates', 'found', 'exact', 'folded', 'country'],
      ...rows.map(([name, tally]) => row(name, tally)),
    ]),
    ...(marks.vehicles === 0
      ? []
      : [
          `${marks.vehicles} vehicles, all pictures of each together: ${marks.found} found, ${marks.folded} exact (folded)`,
        ]),
    `${pictures} pictures, ${falsePlates} reads on no labelled plate (${likelyFalsePlates} given more than 0.5), in ${picturesWithFalsePlates} pictures`,
    ...(leftOut === 0 ? [] : [`${leftOut} pictures could not be read and are left out`]),
    ...tallies.sure.map(({ atLeast, reads, wrong }) => `given ${atLeast} or more: ${reads} reads, ${wrong} wrong`),
    `detect ${detect.median.toFixed(1)} ms a picture (95 %: ${detect.p95.toFixed(1)}), read ${read.median.toFixed(1)} ms a plate (95 %: ${read.p95.toFixed(1)})`,
  ].join('\n');
}

function row(name: string, tally: Tally): readonly string[] {
  const percent = (count: number, of: number) => (of === 0 ? '-' : `${((100 * count) / of).toFixed(1)} %`);
  return [
    name,
    String(tally.plates),
    percent(tally.found, tally.plates),
    percent(tally.exact, tally.plates),
    percent(tally.folded, tally.plates),
    percent(tally.countriesRight, tally.countries),
  ];
}

function shares(tally: Tally) {
  const share = (count: number, of: number) => (of === 0 ? null : count / of);
  return {
    plates: tally.plates,
    found: share(tally.found, tally.plates),
    exact: share(tally.exact, tally.plates),
    exactFolded: share(tally.folded, tally.plates),
    country: share(tally.countriesRight, tally.countries),
  };
}
