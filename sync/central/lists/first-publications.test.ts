import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testFolder } from '../../lists/list-world.fixture.ts';
import { FirstPublications } from './first-publications.ts';

const [one, other] = ['mqtt://one:1883', 'mqtt://other:1883'];

function notes() {
  const path = join(testFolder(), 'first-published.json');
  const first = new FirstPublications(path);
  const bring = (broker: string, sha256: string, atMs: number, departedBefore = false): void =>
    first.begin(broker, { sha256, departedBefore })(atMs);
  return { path, first, bring };
}

it('keeps when a version first reached each broker, however often it is brought there', () => {
  const { first, bring } = notes();
  bring(one, 'a', 1_000);
  bring(other, 'a', 5_000, true);
  bring(one, 'a', 9_000, true);
  expect(first.at(one)).toEqual({ sha256: 'a', ms: 1_000 });
  expect(first.at(other)).toEqual({ sha256: 'a', ms: 5_000 });
  bring(one, 'b', 20_000);
  expect(first.at(one)).toEqual({ sha256: 'b', ms: 20_000 });
  expect(first.at(other)).toEqual({ sha256: 'a', ms: 5_000 });
});

it('does not know when a version arrived that an older program may have brought, at any broker', () => {
  const { first, bring } = notes();
  bring(one, 'a', 1_000);
  for (const broker of [one, other]) bring(broker, 'b', 90_000, true);
  expect(first.at(one)?.sha256).toBe('a');
  expect(first.at(other)).toBeNull();
});

it('does not know when a version arrived whose publication was cut off, but still at the next broker', () => {
  const { first, bring } = notes();
  first.begin(one, { sha256: 'a', departedBefore: false });
  bring(one, 'a', 90_000, true);
  bring(other, 'a', 95_000, true);
  expect(first.at(one)).toBeNull();
  expect(first.at(other)).toEqual({ sha256: 'a', ms: 95_000 });
});

it.each([
  ['cut short', '{"mqtt://one:1883":{"sha2'],
  ['empty', ''],
  ['of an older program, which knew no brokers', '{"sha256":"a","at":"2026-03-01T12:00:00.000Z"}'],
])('takes a note that is %s for none, and writes the next over it', (_, text) => {
  const { path, first, bring } = notes();
  writeFileSync(path, text);
  expect(first.at(one)).toBeNull();
  bring(one, 'a', 1_000, true);
  expect(first.at(one)).toBeNull();
  bring(one, 'b', 2_000);
  expect(first.at(one)).toEqual({ sha256: 'b', ms: 2_000 });
});
