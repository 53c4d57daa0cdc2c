import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { namedAsHeld } from './held-names.ts';
import { RecordingWriter } from './recording.ts';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hazeldonk-names-'));
  file = join(folder, 'readings.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

/** A folder whose pictures carry these plates. */
async function labelled(name: string, ...texts: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  const lines = texts.map((text, at) => `${at}.jpg\t${text}\tB\n`);
  await writeFile(join(path, 'labels.tsv'), `file\ttext\tcountry\n${lines.join('')}`);
  return path;
}

async function hold(set: string, ...texts: readonly string[]): Promise<void> {
  const writer = new RecordingWriter(file);
  for (const text of texts) await writer.add({ set, text, country: 'B', looks: [] });
  await writer.close();
}

async function names(...folders: readonly string[]): Promise<readonly string[]> {
  const asked = folders.map((one) => ({ folder: one, crops: false, split: undefined, part: 'val' }));
  return (await namedAsHeld(file, asked)).map(({ set }) => set);
}

it('a folder keeps the name under which the file holds it, whatever stands beside it', async () => {
  const one = await labelled('one/x', '1ABC234', '4KRZ71');
  const two = await labelled('two/x', '8GHJ52');
  expect(await names(one, two)).toEqual(['one/x', 'two/x']);
  await hold('x', '1ABC234');
  expect(await names(one, two)).toEqual(['x', 'two/x']);
  expect(await names(two, one)).toEqual(['two/x', 'x']);
  await hold('two/x', '8GHJ52');
  expect(await names(two)).toEqual(['two/x']);
});

it('no two folders go on under one name, though both begin as it does', async () => {
  const one = await labelled('one/x', '1ABC234', '4KRZ71');
  const two = await labelled('two/x', '1ABC234', '8GHJ52');
  await hold('x', '1ABC234');
  expect(await names(one, two)).toEqual(['x', 'two/x']);
});

it('other plates, and more than the folder has, are another folder', async () => {
  const one = await labelled('one/x', '1ABC234');
  const two = await labelled('two/x', '8GHJ52');
  await hold('x', '1ABC234', '4KRZ71');
  expect(await names(one, two)).toEqual(['one/x', 'two/x']);
});

it('the plates are those of the part that is asked for, without those that are not scored', async () => {
  const one = await labelled('one/x', '1ABC?34', '1ABC234', '4KRZ71');
  const split = join(folder, 'split.tsv');
  await writeFile(split, '0.jpg\tval\n2.jpg\tval\n1.jpg\ttest\n');
  await hold('one/x', '4KRZ71');
  const asked = { folder: one, crops: false, split, part: 'val' };
  expect(await namedAsHeld(file, [asked])).toEqual([{ ...asked, set: 'one/x' }]);
  expect(await namedAsHeld(file, [{ ...asked, part: 'test' }])).toEqual([{ ...asked, part: 'test', set: 'x' }]);
});
