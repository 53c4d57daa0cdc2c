import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawn, plateSvg } from '../../recognizer/drawn-plate.test-data.ts';
import { encodeLumaJpeg } from '../../recognizer/picture/encode-jpeg.ts';
import { INPUT_BYTES } from '../../recognizer/reader/reader-input.ts';
import { recordedPassages } from './evaluate/lists/recording.ts';
import { addEvaluateCommand } from './evaluate.ts';
import { typedCommand } from './typed-command.fixture.ts';

describe('anpr-node evaluate', () => {
  const typed = typedCommand('evaluate', addEvaluateCommand);
  const evaluate = typed.type;

  /** A typed.folder of cut-out plates, each labelled with what it says. */
  async function cropsIn(name: string, ...texts: readonly string[]): Promise<string> {
    const path = join(typed.folder, name);
    await mkdir(path, { recursive: true });
    for (const text of texts)
      await writeFile(
        join(path, `${text}.jpg`),
        await encodeLumaJpeg(await drawn(plateSvg(text, [0, 0], 260), 260, 55), 92),
      );
    await label(path, ...texts);
    return path;
  }

  async function label(path: string, ...texts: readonly string[]): Promise<void> {
    const lines = texts.map((text) => `${text}.jpg\t${text}\tB\tgood\n`);
    await writeFile(join(path, 'labels.tsv'), `file\ttext\tcountry\tquality\n${lines.join('')}`);
  }

  async function recorded(file: string): Promise<readonly string[]> {
    const all: string[] = [];
    for await (const { set, text } of recordedPassages(file)) all.push(`${set} ${text}`);
    return all;
  }

  it('names each picture that it cannot read, reads the others, and says how many were left out', async () => {
    const crops = await cropsIn('crops', '1ABC234', '4KRZ71');
    await label(crops, '1ABC234', '4KRZ71', 'GONE1', 'FOLDER2', 'TORN3');
    await mkdir(join(crops, 'FOLDER2.jpg'));
    await writeFile(join(crops, 'TORN3.jpg'), 'no picture');
    await evaluate('--photos', crops, '--crops', '--json');
    const told = typed.stderr.trimEnd().split('\n');
    expect(told.map((line) => /([^/]+\.jpg): .*out of the set \(([a-z/]+)\)$/.exec(line)?.slice(1))).toEqual([
      ['FOLDER2.jpg', 'picture/unreadable'],
      ['GONE1.jpg', 'picture/missing'],
      ['TORN3.jpg', 'picture/unreadable'],
    ]);
    expect(JSON.parse(typed.stdout)).toMatchObject({
      pictures: 2,
      leftOut: 3,
      plates: 2,
      byCountryGood: { B: { plates: 2 } },
    });
    expect(process.exitCode).toBe(1);
    await evaluate('--photos', crops, '--crops');
    expect(typed.stdout).toMatch(/^B, good +2 /m);
    expect(typed.stdout).toMatch(/3 pictures could not be read/);
  });

  it('prints its report before it finds that the sheets cannot be written', async () => {
    const crops = await cropsIn('crops', '1ABC234');
    await writeFile(join(crops, 'labels.tsv'), 'file\ttext\n1ABC234.jpg\tXX99XX\n');
    const taken = join(typed.folder, 'taken');
    await symlink(taken, taken);
    const asked = evaluate('--photos', crops, '--crops', '--failures', taken);
    await expect(asked).rejects.toMatchObject({ code: 'evaluate/not-written' });
    expect(typed.stdout).toMatch(/^ +plates/);
    await evaluate('--photos', crops, '--crops', '--failures', join(typed.folder, 'sheets'));
    expect(await readdir(join(typed.folder, 'sheets'))).toEqual(['failures-1.png']);
  });

  it('of calibration prints the figures before it finds that the plot cannot be written', async () => {
    const crops = await cropsIn('crops', '1ABC234');
    const asked = evaluate('--calibration', '--crop-photos', crops, '--plot', crops, '--json');
    await expect(asked).rejects.toMatchObject({ code: 'evaluate/not-written' });
    expect(JSON.parse(typed.stdout)).toMatchObject({ crops: { reads: 1 } });
  });

  it('of robustness prints the curves before it finds that the plots cannot be written', async () => {
    const truth = { text: 'AB12CD', country: 'NL', rows: 1, curve: 'height', unit: 'px', value: 8 };
    await writeFile(join(typed.folder, 'curves.jsonl'), `{"cropBytes":${INPUT_BYTES}}\n${JSON.stringify(truth)}\n`);
    await writeFile(join(typed.folder, 'curves.bin'), Buffer.alloc(INPUT_BYTES));
    const asked = evaluate('--robustness', typed.folder, '--plot', join(typed.folder, 'curves.bin'), '--json');
    await expect(asked).rejects.toMatchObject({ code: 'evaluate/not-written' });
    expect(JSON.parse(typed.stdout)).toMatchObject({ curves: [{ curve: 'height' }] });
  });

  it('names the picture that ends a calibration or its fit', async () => {
    const crops = await cropsIn('crops', '1ABC234');
    await label(crops, '1ABC234', 'GONE1');
    for (const more of [[], ['--fit']])
      await expect(evaluate('--calibration', '--crop-photos', crops, ...more)).rejects.toMatchObject({
        code: 'picture/missing',
        message: expect.stringContaining('GONE1.jpg'),
      });
  });

  it('goes on with a recording of photographs where it was interrupted', async () => {
    const crops = await cropsIn('crops', '1ABC234', '4KRZ71', '8GHJ52');
    const file = join(typed.folder, 'readings.jsonl');
    await evaluate('--record', file, '--crop-photos', crops);
    const whole = await readFile(file, 'utf8');
    expect(await recorded(file)).toEqual(['crops 1ABC234', 'crops 4KRZ71', 'crops 8GHJ52']);
    await writeFile(file, whole.slice(0, whole.indexOf('\n') + 40));
    // Nobody looks at it again.
    await rm(join(crops, '1ABC234.jpg'));
    await evaluate('--record', file, '--crop-photos', crops);
    expect(await readFile(file, 'utf8')).toBe(whole);
    expect(typed.stderr).toContain('crops: resumed at plate 2 of 3');
    await evaluate('--record', file, '--crop-photos', crops);
    expect(await readFile(file, 'utf8')).toBe(whole);
    expect(typed.stderr).toContain('crops: complete, 3 plates');
  });

  it('records folders that are called alike side by side, and takes none for another', async () => {
    const one = await cropsIn('one/crops', '1ABC234');
    const two = await cropsIn('two/crops', '4KRZ71');
    const file = join(typed.folder, 'readings.jsonl');
    await evaluate('--record', file, '--crop-photos', one, '--crop-photos', two);
    expect(await recorded(file)).toEqual(['one/crops 1ABC234', 'two/crops 4KRZ71']);
    const other = join(typed.folder, 'other.jsonl');
    await evaluate('--record', other, '--crop-photos', one);
    await expect(evaluate('--record', other, '--crop-photos', two)).rejects.toMatchObject({
      code: 'evaluate/other-recording',
      message: expect.stringContaining('record into another file'),
    });
    expect(await recorded(other)).toEqual(['crops 1ABC234']);
  });

  it('records a typed.folder once, also when another of its name is recorded beside it later', async () => {
    const one = await cropsIn('one/crops', '1ABC234');
    const two = await cropsIn('two/crops', '4KRZ71');
    const file = join(typed.folder, 'readings.jsonl');
    await evaluate('--record', file, '--crop-photos', one);
    await evaluate('--record', file, '--crop-photos', one, '--crop-photos', two);
    expect(await recorded(file)).toEqual(['crops 1ABC234', 'two/crops 4KRZ71']);
    await evaluate('--record', file, '--crop-photos', two);
    expect(await recorded(file)).toEqual(['crops 1ABC234', 'two/crops 4KRZ71']);
  });

  it('says what --rendered means beside --record', async () => {
    const asked = evaluate('--record', join(typed.folder, 'f'), '--rendered', 'crops.bin');
    await expect(asked).rejects.toMatchObject({ code: 'evaluate/bad-count' });
  });

  it('of lists prints the figures before it finds that the plot cannot be written', async () => {
    const file = join(typed.folder, 'readings.jsonl');
    const seen = { spellings: [['GB001B', 0.99]], countries: [['NL', 0.9]] };
    const looks = [{ ms: 0, readability: 1, plate: 1, ...seen, seen }];
    const line = JSON.stringify({ set: 'a', text: 'GB001B', country: 'NL', looks });
    await writeFile(file, `${line}\n${line}\n${line.slice(0, 50)}`);
    const few = ['--sizes', '1000', '--draws', '2', '--json'];
    const asked = evaluate('--lists', '--readings', file, ...few, '--plot', typed.folder);
    await expect(asked).rejects.toMatchObject({ code: 'evaluate/not-written' });
    expect(JSON.parse(typed.stdout.split('\n')[0]!)).toMatchObject({ entries: 1000, passages: 1 });
    expect(typed.stderr).toMatch(/readings\.jsonl:3: the last line was cut off/);
  });
});
