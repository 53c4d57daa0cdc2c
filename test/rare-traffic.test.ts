import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fold } from '../config/foundation/fold.ts';
import { installationRoot } from '../config/foundation/installation.ts';
import { borderTraffic } from '../sync/lists/traffic/plate-population.ts';
import { shortestUnusual, unusualCharacters, unusualLengths, unusualPart } from '../sync/lists/traffic/plate-series.ts';
import { rarePlates } from '../sync/lists/traffic/rare-plates.ts';

/** A series with less of a country's plates may be missing from the traffic. */
const fewestInAHundred = 4;
const traffic = borderTraffic();

function seriesOf(country: string) {
  const path = join(installationRoot(), 'recognizer', 'syntax', 'countries', `${country}.json`);
  const { series } = JSON.parse(readFileSync(path, 'utf8')) as { series: { share: number; examples: string[] }[] };
  const all = series.reduce((sum, { share }) => sum + share, 0);
  return series.map(({ share, examples }) => ({ inAHundred: (100 * share) / all, examples }));
}

it.each(rarePlates.map(({ country }) => country).filter((country) => country !== 'other'))(
  'every common series of %s is in the traffic, so that its plates compete when one of them is listed',
  (country) => {
    const common = seriesOf(country).filter(({ inAHundred }) => inAHundred >= fewestInAHundred);
    expect(common.length).toBeGreaterThan(0);
    for (const example of common.flatMap(({ examples }) => examples)) {
      const length = Math.max(shortestUnusual, example.length);
      const unusual = (traffic.share(country) * unusualPart * unusualCharacters ** -length) / unusualLengths;
      expect(traffic.density(fold(example), country), example).toBeGreaterThan(10 * unusual);
    }
  },
);
