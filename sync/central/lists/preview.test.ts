import { expect, it } from 'vitest';
import { MemoryBroker } from '../../broker/memory-link.ts';
import { startMs, TestAuthority, TestNode } from '../../lists/list-world.fixture.ts';
import { shippedCalibration } from '../../lists/matching/calibration.ts';
import { ListBuilder } from './build-list.ts';
import { newestVersion } from './diff-lists.ts';
import { type ListFolder, newListKey } from './list-folder.ts';
import { neighboursOf } from './misreads.ts';
import { PlatesCipher } from './plates-cipher.ts';
import { previewOf, previewsOfEntry } from './preview.ts';
import { entryPreviewText, previewText } from './preview-text.ts';

const terms = (entries: number, falseHitsPerMillion = { confirmed: 1, verify: 20 }) => ({
  entries,
  expectedGenuinePerMillion: 10,
  falseHitsPerMillion,
});

it('holds a list to no more false hits than its budget bears, whatever its length', () => {
  for (const entries of [1, 100, 10_000, 1_000_000, 10_000_000]) {
    const { falseADay, budgetADay } = previewOf(terms(entries), 100_000);
    expect(budgetADay).toEqual({ confirmed: 0.1, verify: 2 });
    expect(falseADay.confirmed).toBeLessThanOrEqual(budgetADay.confirmed * 1.01);
    expect(falseADay.confirmed + falseADay.verify).toBeLessThanOrEqual(budgetADay.verify * 1.01);
    expect(falseADay.confirmed).toBeGreaterThan(0);
  }
});

it('says to how many false hits a list is held, what the fitted readings brought, and what the budget bears, but promises no bound', () => {
  const preview = previewOf(terms(1_000_000), 1_000_000);
  const { falseADay, fittedFalseADay, budgetADay } = preview;
  // Where no floor binds, a threshold that is derived from the budget brings the budget back.
  expect(falseADay.confirmed).toBeCloseTo(budgetADay.confirmed, 2);
  expect(falseADay.confirmed + falseADay.verify).toBeCloseTo(budgetADay.verify, 1);
  const { caution } = shippedCalibration;
  expect(fittedFalseADay.confirmed).toBeCloseTo(budgetADay.confirmed / caution, 2);
  expect(fittedFalseADay.verify).toBeCloseTo(falseADay.verify / caution, 6);
  const text = previewText(preview);
  expect(text).toMatch(/false hits, confirmed +held to 1\.0 a day \(.+ on the readings it was fitted on\)/);
  expect(text).toMatch(/false hits, to verify +held to 19\.0 a day \(.+ on the readings it was fitted on\)/);
  expect(text).toMatch(/the budget bears +1\.0 a day confirmed, 20\.0 a day in all/);
  expect(text).toContain(`thresholds allow for ${caution.toFixed(2)} times`);
  expect(text).toContain('kept to within a factor of two');
  expect(text).not.toMatch(/at most|expected/);
});

it('holds a list to twice as many at twice the traffic, and says so in words', () => {
  const once = previewOf(terms(1_000_000), 50_000);
  const twice = previewOf(terms(1_000_000), 100_000);
  expect(twice.falseADay.verify).toBeCloseTo(2 * once.falseADay.verify, 6);
  expect(twice.genuineADay).toBe(1);
  expect(previewText(twice)).toContain('1.0 a day');
  expect(previewText(once)).toContain('50,000 vehicles');
});

it('promises of an entry what a node then does, read by read', async () => {
  const authority = new TestAuthority();
  const link = new MemoryBroker().link();
  const node = (await TestNode.open({ link, authorities: [authority] })).start();
  const others = Array.from({ length: 500 }, (_, at) => `9-ZZZ-${100 + at},B,other`);
  await authority.build(['1-ABC-234,B,r1', ...others]);
  await authority.publish(link, [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  const [preview] = previewsOfEntry(newestVersion(authority.folder), '1-abc-234');
  expect(preview?.entry.reference).toBe('r1');
  const usual = preview?.misreads.find(({ text }) => text === '1ABC284') ?? preview?.misreads.at(-1);
  const from = usual?.confirmedFrom ?? 1;
  const gradeAt = (share: number) => {
    const spellings = [
      { text: '1ABC234', probability: share },
      { text: usual?.text ?? '', probability: 1 - share },
    ].sort((a, b) => b.probability - a.probability);
    return node.blackLists.match({ spellings, countries: [{ country: 'B', probability: 0.95 }] }, startMs)[0]?.grade;
  };
  expect(from).toBeLessThan(1);
  expect(gradeAt(Math.min(1, from * 1.01))).toBe('confirmed');
  expect(gradeAt(from / 1.1)).not.toBe('confirmed');
  if (preview !== undefined) expect(entryPreviewText(preview)).toContain('no other plate');
});

it('asks of a wildcard what it stands for, and says when a plate is not listed', async () => {
  const authority = new TestAuthority();
  await authority.build(['1-AB?-234,B,wild']);
  const version = newestVersion(authority.folder);
  expect(previewsOfEntry(version, '1ABX234')[0]).toMatchObject({ entry: { text: '1ABX234', reference: 'wild' } });
  for (const wrong of ['1ACX234', '*'])
    expect(() => previewsOfEntry(version, wrong)).toThrow(expect.objectContaining({ code: 'list/no-such-entry' }));
});

/** A list as a centre built it that knew no signs: it names countries by any code. */
function listOfOlderCentre(countries: readonly string[]): ListFolder {
  const { folder, description } = new TestAuthority();
  const listKey = newListKey();
  const place = { generation: 1, version: 1, predecessor: null, issuedMs: startMs };
  const sink = folder.sink(new PlatesCipher(listKey, { ...description, generation: 1 }));
  const { spillFolder } = folder;
  const builder = new ListBuilder({ description, listKey, place, before: null, sink, spillFolder });
  for (const country of countries) builder.add({ text: 'BXY1234', reference: country, country });
  for (let at = 1_000; at < 3_000; at += 1) builder.add({ text: `9ZZZ${at}`, reference: 'other' });
  folder.commit(builder.finish().manifest, listKey);
  return folder;
}

it('shows that an entry under a code which is no sign is hardly met, and says how the country is written', () => {
  const previews = previewsOfEntry(newestVersion(listOfOlderCentre(['D', 'DE', 'GER'])), 'B-XY 1234');
  const of = (country: string) => previews.find(({ entry }) => entry.country === country)!;
  expect(of('D')).toMatchObject({ countryProblem: null, read: { confirmedFrom: expect.any(Number) } });
  for (const code of ['DE', 'GER']) expect(of(code).read.confirmedFrom, code).toBeNull();
  expect(entryPreviewText(of('D'))).not.toContain('no reading');
  expect(entryPreviewText(of('DE'))).toContain(
    'no reading names DE, so there is hardly a hit (DE: plates of Germany are written D)',
  );
});

it('knows neighbours of a plate, but not those that every look-up takes for the same', () => {
  const neighbours = neighboursOf('B0');
  expect(neighbours).toContain('80');
  expect(neighbours).toContain('BD');
  expect(neighbours).not.toContain('BO');
  expect(neighbours).not.toContain('B0');
});
