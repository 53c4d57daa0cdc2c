import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Corners, PlateRead } from '../../../recognizer/plate.ts';
import { filesOfPart, type LabelledPlate, labelledPictures, signedAsRead, signsOf } from './labels.ts';
import { scorePicture, scorePlate } from './scoring.ts';
import { Tallies } from './tally.ts';

function box(x: number, y: number, width: number, height: number): Corners {
  return [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ];
}

function label(text: string, corners: Corners | null, more: Partial<LabelledPlate> = {}): LabelledPlate {
  return { text, corners, country: 'NL', quality: 'good', signed: true, unscored: false, ...more };
}

function read(text: string, corners: Corners, country = 'NL'): PlateRead {
  const spellings = [{ text, probability: 0.995 }];
  const hypotheses = { spellings, countries: [{ country, probability: 1 }] };
  return { corners, plateProbability: 1, rows: 1, ...hypotheses, seen: hypotheses };
}

describe('a scored picture', () => {
  it('gives each plate the read that overlaps it most, and calls the rest false', () => {
    const reads = [
      read('AB12CD', box(0, 0, 100, 20)),
      read('XX99XX', box(20, 0, 100, 20)),
      read('NO1', box(500, 0, 90, 20)),
    ];
    const { plates, falseReads } = scorePicture([label('AB12CD', box(2, 0, 100, 20))], reads);
    expect(plates.map(({ exact }) => exact)).toEqual([true]);
    expect(falseReads.map(({ spellings }) => spellings[0]?.text)).toEqual(['XX99XX', 'NO1']);
  });

  it('does not find a plate that a read overlaps by less than 0.3', () => {
    const { plates, falseReads } = scorePicture(
      [label('AB12CD', box(0, 0, 100, 20))],
      [read('AB12CD', box(60, 0, 100, 20))],
    );
    expect(plates[0]?.read).toBe(null);
    expect(falseReads.length).toBe(1);
  });

  it('finds a slanting plate that was labelled by the upright box around it', () => {
    const slanting: Corners = [
      [0, 60],
      [100, 0],
      [100, 20],
      [0, 80],
    ];
    const { plates } = scorePicture([label('AB12CD', box(0, 0, 100, 80))], [read('AB12CD', slanting)]);
    expect(plates[0]?.exact).toBe(true);
  });

  it('neither scores an unreadable plate nor calls finding it false', () => {
    const picture = scorePicture(
      [label('AB?', box(0, 0, 100, 20), { unscored: true })],
      [read('ABC', box(0, 0, 100, 20))],
    );
    expect(picture).toEqual({ plates: [], falseReads: [] });
  });

  it('folds O and 0, I and 1, for the folded score alone', () => {
    const { plates } = scorePicture([label('O1I0AB', null)], [read('0110AB', box(0, 0, 9, 9))]);
    expect(plates[0]).toMatchObject({ exact: false, folded: true });
  });

  it('counts by country and quality, and how many sure reads were wrong', () => {
    const tallies = new Tallies(['NL', 'B']);
    const reads = [read('AB12CD', box(0, 0, 100, 20)), read('WRONG', box(0, 50, 100, 20), 'B')];
    const labels = [
      label('AB12CD', box(0, 0, 100, 20)),
      label('AB12CE', box(0, 50, 100, 20)),
      label('GONE', box(0, 90, 99, 9)),
    ];
    for (const plate of scorePicture(labels, reads).plates) tallies.add(plate);
    expect(tallies.all).toEqual({ plates: 3, found: 2, exact: 1, folded: 1, countries: 2, countriesRight: 1 });
    expect(tallies.byQuality.get('good')?.plates).toBe(3);
    expect(tallies.byCountryGood.get('NL')?.plates).toBe(3);
    expect(tallies.sure.map(({ reads, wrong }) => [reads, wrong])).toEqual([
      [2, 1],
      [2, 1],
      [0, 0],
    ]);
  });

  it('without boxes gives no plate the read that another plate says', () => {
    const reads = [read('AB12CD', box(0, 0, 9, 9)), read('XY34ZZ', box(0, 50, 9, 9)), read('NO1', box(0, 90, 9, 9))];
    const { plates, falseReads } = scorePicture(
      [label('GONE', null), label('AB12CD', null), label('XY34ZZ', null)],
      reads,
    );
    expect(plates.map((one) => one.read?.spellings[0]?.text)).toEqual(['NO1', 'AB12CD', 'XY34ZZ']);
    expect(falseReads).toEqual([]);
  });

  it('takes "other" for right where the reader has no name for the country, and only there', () => {
    const tallies = new Tallies(['NL', 'B', 'other']);
    for (const [country, readAs] of [
      ['YU', 'other'],
      ['YU', 'B'],
      ['NL', 'other'],
    ] as const)
      tallies.add(scorePlate(label('AB12CD', null, { country }), read('AB12CD', box(0, 0, 9, 9), readAs)));
    expect(tallies.all).toMatchObject({ countries: 3, countriesRight: 1 });
  });

  it('counts plates of good quality by country as well', () => {
    const tallies = new Tallies(['NL', 'B']);
    const add = (country: string, quality: string, text: string) =>
      tallies.add(scorePlate(label('AB12CD', null, { country, quality }), read(text, box(0, 0, 9, 9))));
    add('NL', 'good', 'AB12CD');
    add('NL', 'good', 'AB12CE');
    add('NL', 'bad', 'AB12CE');
    add('B', 'bad', 'AB12CD');
    expect([...tallies.byCountryGood].map(([name, { plates, exact }]) => [name, plates, exact])).toEqual([
      ['NL', 2, 1],
    ]);
  });
});

describe('a folder of labelled pictures', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hazeldonk-labels-'));
    await mkdir(join(folder, 'images'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('is read with boxes, with corners and with texts alone', async () => {
    const write = (text: string) => writeFile(join(folder, 'labels.tsv'), text);
    await write('file\tx\ty\tw\th\ttext\tcountry\nb.jpg\t10\t20\t50\t12\tAB12\tF\na.jpg\t1\t2\t3\t4\tX?1\t?\n');
    const [a, b] = await labelledPictures(folder);
    expect(a?.plates[0]).toMatchObject({ unscored: true, country: null });
    expect(b).toMatchObject({ file: 'b.jpg', path: join(folder, 'images', 'b.jpg') });
    expect(b?.plates[0]?.corners).toEqual(box(9.5, 19.5, 50, 12));
    await write('file\tx0\ty0\tx1\ty1\tx2\ty2\tx3\ty3\ttext\nc.jpg\t1\t2\t3\t2\t3\t4\t1\t4\tAB\n');
    expect((await labelledPictures(folder))[0]?.plates[0]?.corners).toEqual(box(1, 2, 2, 2));
    await write('file\ttext\tcountry\tremark\ne.jpg\tAB\tA\tvanity\nf.jpg\tCD\tA\tno band; country inferred\n');
    expect((await labelledPictures(folder)).map(({ plates }) => plates[0]?.signed)).toEqual([true, false]);
    await write('file\ttext\tremark\nd.jpg\tAB\tambiguous O\n');
    expect((await labelledPictures(folder))[0]?.plates[0]).toMatchObject({ corners: null, unscored: true });
  });

  it('without labels is one without plates, and without pictures a fault', async () => {
    await expect(labelledPictures(folder)).rejects.toMatchObject({ code: 'evaluate/no-pictures' });
    await writeFile(join(folder, 'images', 'n.jpg'), '');
    expect(await labelledPictures(folder)).toMatchObject([{ file: 'n.jpg', plates: [] }]);
  });

  it('with a line that lacks its text is refused with its number', async () => {
    await writeFile(join(folder, 'labels.tsv'), 'file\ttext\na.jpg\tAB12\nb.jpg\n');
    await expect(labelledPictures(folder)).rejects.toThrow(/labels\.tsv:3/);
  });

  it('is split by a file of names', async () => {
    await writeFile(join(folder, 'split.tsv'), 'a.jpg\ttrain\nb.jpg\tval\n');
    expect([...(await filesOfPart(join(folder, 'split.tsv'), 'val'))]).toEqual(['b.jpg']);
  });

  it('has the signs that were read by eye, where they are those of the label', async () => {
    await writeFile(join(folder, 'labels.tsv'), 'file\ttext\tcountry\na.jpg\tA1\tB\nb.jpg\tB1\tGB\nc.jpg\tC1\tF\n');
    await writeFile(join(folder, 'signs.tsv'), 'a.jpg\tB\nb.jpg\tIRL\n');
    const pictures = signedAsRead(await labelledPictures(folder), await signsOf(join(folder, 'signs.tsv')));
    expect(pictures.map(({ plates }) => plates[0]?.signed)).toEqual([true, false, false]);
  });

  it.each(['a.jpg', 'a.jpg\t', '\tB', 'a.jpg\tB\tC'])(
    'refuses a file of names with the line %j, and says where',
    async (line) => {
      await writeFile(join(folder, 'signs.tsv'), `x.jpg\tB\n${line}\n`);
      await expect(signsOf(join(folder, 'signs.tsv'))).rejects.toThrow(/signs\.tsv:2/);
      await expect(signsOf(join(folder, 'none.tsv'))).rejects.toMatchObject({ code: 'evaluate/bad-names' });
    },
  );
});
