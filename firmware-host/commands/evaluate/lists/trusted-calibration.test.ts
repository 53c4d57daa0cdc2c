import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { shippedCalibration } from '../../../../sync/lists/matching/calibration.ts';
import type { KnownPassage } from './list-measure.ts';
import { fewestFitted, trustedCalibration, usable } from './trusted-calibration.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hazeldonk-calibration-'));
});
afterEach(() => rm(folder, { recursive: true }));

const reading = {
  spellings: [{ text: 'GB001B', probability: 0.97 }],
  countries: [{ country: 'NL', probability: 0.9 }],
};
const passage: KnownPassage = { text: 'GB001B', country: 'NL', best: 'GB001B', reading };
const unread: KnownPassage = { ...passage, best: null, reading: null };

it('a recording of too few passages is not fitted on, and nothing is written', async () => {
  const few = [...Array(fewestFitted - 1).fill(passage), ...Array(fewestFitted).fill(unread)];
  const asked = trustedCalibration({ fitMatching: join(folder, 'c.json') }, few);
  await expect(asked).rejects.toMatchObject({
    code: 'evaluate/too-few-passages',
    message: expect.stringMatching(/^99 passages .*--record/),
  });
  expect(await readdir(folder)).toEqual([]);
});

it('a fitted curve that no node would load is refused', () => {
  const curve = (falsePerEntry: unknown) => ({ ...shippedCalibration, falsePerEntry });
  for (const unusable of [
    curve([]),
    curve([[1, 1e-6]]),
    curve([
      [1, Number.NaN],
      [2, 1e-9],
    ]),
  ])
    expect(() => usable(unusable, 200)).toThrow(/too few/);
  expect(usable(shippedCalibration, 200)).toEqual(shippedCalibration);
});

it('one that was fitted before is read, and what is none is refused', async () => {
  const matching = join(folder, 'c.json');
  await writeFile(matching, JSON.stringify(shippedCalibration));
  expect(await trustedCalibration({ matching }, [])).toEqual(shippedCalibration);
  await writeFile(matching, '{}');
  await expect(trustedCalibration({ matching }, [])).rejects.toMatchObject({ code: 'evaluate/bad-calibration' });
});
