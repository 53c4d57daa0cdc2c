import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { installationRoot } from '../config/foundation/installation.ts';
import { borderTraffic } from '../sync/lists/traffic/plate-population.ts';
import { isVehicleSign, signMeantBy } from '../sync/lists/vehicle-signs.ts';

const recognizer = join(installationRoot(), 'recognizer');

/** Countries as three parts of the product call them. */
const named = {
  reader: JSON.parse(readFileSync(join(recognizer, 'models/reader.json'), 'utf8')).countries as string[],
  syntaxes: readdirSync(join(recognizer, 'syntax/countries')).map((file) => file.replace('.json', '')),
  traffic: borderTraffic().countries,
};

it.each(Object.entries(named))('lets a list name every country that the %s names', (_, countries) => {
  expect(countries.length).toBeGreaterThan(20);
  expect(countries.filter((country) => country !== 'other' && !isVehicleSign(country))).toEqual([]);
});

it('takes no country’s sign for the ISO code of another', () => {
  for (const countries of Object.values(named))
    for (const country of countries) expect(signMeantBy(country), country).toBeNull();
});
