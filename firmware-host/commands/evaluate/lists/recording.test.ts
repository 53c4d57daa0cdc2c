import { appendFile, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { reportedOf } from './fused-reading.ts';
import { countRecorded, type RecordedPassage, RecordingWriter, recordedPassages, recordedPlates } from './recording.ts';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hazeldonk-readings-'));
  file = join(folder, 'readings.jsonl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const look = (text: string, probability: number) => ({
  timeMs: 40,
  readability: 0.5,
  plateProbability: 0.99,
  spellings: [{ text, probability }],
  countries: [{ country: 'NL', probability: 0.9 }],
  seen: { spellings: [{ text, probability: probability / 2 }], countries: [{ country: 'B', probability: 0.6 }] },
});
const passage = (text: string): RecordedPassage => ({
  set: 'rendered',
  text,
  country: 'NL',
  looks: [look(text, 0.97)],
});

async function write(...passages: readonly RecordedPassage[]): Promise<void> {
  const writer = new RecordingWriter(file);
  for (const one of passages) await writer.add(one);
  await writer.close();
}

async function all(): Promise<RecordedPassage[]> {
  const read: RecordedPassage[] = [];
  for await (const one of recordedPassages(file)) read.push(one);
  return read;
}

it('gives back what was recorded', async () => {
  await write(passage('GB001B'), { set: 'nl-photos', text: 'AB123', country: null, looks: [] });
  expect(await all()).toEqual([passage('GB001B'), { set: 'nl-photos', text: 'AB123', country: null, looks: [] }]);
  expect(await countRecorded(file, 'rendered')).toBe(1);
});

it('goes on after an interruption, without the line that was cut off', async () => {
  await write(passage('GB001B'));
  const whole = await readFile(file, 'utf8');
  await appendFile(file, whole.slice(0, 30));
  expect(await countRecorded(file, 'rendered')).toBe(1);
  await write(passage('GB002B'));
  expect((await all()).map(({ text }) => text)).toEqual(['GB001B', 'GB002B']);
});

it('goes on after a last line that lacks nothing but its end', async () => {
  await write(passage('GB001B'), passage('GB002B'));
  const whole = await readFile(file, 'utf8');
  await writeFile(file, whole.trimEnd());
  expect(await countRecorded(file, 'rendered')).toBe(2);
  expect(await readFile(file, 'utf8')).toBe(whole);
  await writeFile(file, whole.trimEnd());
  expect((await recordedPlates(file, 'rendered')).map(({ text }) => text)).toEqual(['GB001B', 'GB002B']);
  expect(await readFile(file, 'utf8')).toBe(whole);
});

it.each([
  ['labels', 'file\ttext\n1.jpg\tGB001B\n2.jpg\tGB002B'],
  ['one line without an end', 'GB001B'],
  ['JSON of another kind', '{"set":"rendered","text":"GB001B"}\n{"set":"ren'],
  ['a set that is no text', '{"set":"\\x","text":[]}\n{"set":"ren'],
])('refuses to record into %s, and leaves the file as it is', async (_, content) => {
  await writeFile(file, content);
  const refused = { code: 'evaluate/bad-readings', message: expect.stringMatching(/:1: .*another file/) };
  await expect(countRecorded(file, 'rendered')).rejects.toMatchObject(refused);
  await expect(recordedPlates(file, 'photos')).rejects.toMatchObject(refused);
  await expect(all()).rejects.toMatchObject({ code: 'evaluate/bad-readings' });
  expect(await readFile(file, 'utf8')).toBe(content);
});

it('takes lines that another program has set out anew', async () => {
  await write(passage('GB001B'));
  const line: unknown = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, `${JSON.stringify(line, null, 1).replaceAll('\n', '')}\n`);
  expect(await countRecorded(file, 'rendered')).toBe(1);
});

it('counts nothing where there is no file yet', async () => {
  expect(await countRecorded(file, 'rendered')).toBe(0);
});

it('ends with a warning at a last line that was cut off', async () => {
  await write(passage('GB001B'), passage('GB002B'));
  const whole = await readFile(file, 'utf8');
  await writeFile(file, whole.slice(0, -30));
  const warned: string[] = [];
  const read: string[] = [];
  for await (const { text } of recordedPassages(file, (line) => warned.push(line))) read.push(text);
  expect(read).toEqual(['GB001B']);
  expect(warned).toEqual([expect.stringMatching(/readings\.jsonl:2: .*--record/)]);
  // Without its end but whole, it says all that it has to say.
  await writeFile(file, whole.trimEnd());
  expect((await all()).map(({ text }) => text)).toEqual(['GB001B', 'GB002B']);
});

it('tells whose passages of a set it holds, in order', async () => {
  await write(passage('GB002B'), { ...passage('AB123'), set: 'nl-photos', country: null }, passage('GB001B'));
  await appendFile(file, '{"set":"rendered","te');
  expect(await recordedPlates(file, 'rendered')).toEqual([
    { text: 'GB002B', country: 'NL' },
    { text: 'GB001B', country: 'NL' },
  ]);
  expect(await recordedPlates(join(folder, 'none'), 'rendered')).toEqual([]);
});

it.each([
  ['a text that is too long', { ...passage('A'.repeat(33)) }],
  ['a probability above 1', { ...passage('GB002B'), looks: [look('GB002B', 1.5)] }],
  ['what is no number', { ...passage('GB002B'), looks: [{ ...look('GB002B', 0.9), timeMs: Number.NaN }] }],
])('refuses to write %s, which it could not read again', async (_, unreadable) => {
  await write(passage('GB001B'));
  const writer = new RecordingWriter(file);
  await expect(writer.add(unreadable)).rejects.toMatchObject({ code: 'evaluate/unrecordable' });
  await writer.add(passage('GB003B'));
  await writer.close();
  expect((await all()).map(({ text }) => text)).toEqual(['GB001B', 'GB003B']);
});

it('says so when it cannot be written', async () => {
  await symlink(file, file);
  const writer = new RecordingWriter(file);
  await expect(writer.add(passage('GB001B'))).rejects.toMatchObject({ code: 'evaluate/not-written' });
});

it.each([
  ['no JSON', 'plates'],
  ['another shape', '{"set":"rendered","text":"GB001B"}'],
  [
    'a probability above 1',
    '{"set":"x","text":"A","country":null,"looks":[{"ms":0,"readability":1,"plate":1,"spellings":[["A",2]],"countries":[],"seen":{"spellings":[],"countries":[]}}]}',
  ],
])('refuses %s and says in which line', async (_, line) => {
  await write(passage('GB001B'));
  await appendFile(file, `${line}\n`);
  await expect(all()).rejects.toMatchObject({
    code: 'evaluate/bad-readings',
    message: expect.stringMatching(/:2: .*--record/),
  });
});

it('says what to do when the file is missing', async () => {
  await writeFile(join(folder, 'other'), '');
  await expect(all()).rejects.toMatchObject({
    code: 'evaluate/bad-readings',
    message: expect.stringContaining('--record'),
  });
});

it('fuses looks as the node does and makes no passage of what is no plate', () => {
  const { reading: one, best } = reportedOf([look('GB001B', 0.9)]);
  const { reading: two } = reportedOf([look('GB001B', 0.9), look('GB001B', 0.9)]);
  expect(best).toBe('GB001B');
  expect(two?.spellings[0]?.probability).toBeGreaterThan(one?.spellings[0]?.probability ?? 1);
  // What matching is asked is what the pictures say, before syntax.
  expect(one?.countries[0]?.country).toBe('B');
  expect(reportedOf([])).toEqual({ reading: null, best: null });
  expect(reportedOf([{ ...look('GB001B', 0.9), plateProbability: 0.1 }]).reading).toBeNull();
});
