import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { labelledPictures, signsOf } from './labels.ts';

describe('a file of labels', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hazeldonk-labels-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function plates(...lines: readonly string[]) {
    await writeFile(join(folder, 'labels.tsv'), `${lines.join('\n')}\n`);
    return (await labelledPictures(folder)).flatMap((picture) => picture.plates);
  }

  it('says nothing of a place where its cells are empty', async () => {
    const box = await plates('file\tx\ty\tw\th\ttext', 'a.jpg\t\t\t\t\tAB12', 'b.jpg\t0\t0\t9\t9\tAB13');
    expect(box.map(({ corners }) => corners?.[0] ?? null)).toEqual([null, [-0.5, -0.5]]);
    const quad = await plates('file\ttext\tx0\ty0\tx1\ty1\tx2\ty2\tx3\ty3', 'a.jpg\tAB12');
    expect(quad.map(({ corners }) => corners)).toEqual([null]);
  });

  it('is read with the mark of a text program before it, lines of Windows and blank ones', async () => {
    const [plate] = await plates('\uFEFFfile\ttext\tcountry\r', '\r', 'a.jpg\tAB12\tNL\r');
    expect(plate).toMatchObject({ text: 'AB12', country: 'NL' });
  });

  it('takes a plate as people type it', async () => {
    const typed = ['1-abc-234', 'mü oe·12', 'a?-12', '?', 'AB-?', '??-ab-?1'];
    const read = await plates('file\ttext\tcountry', ...typed.map((text) => `a.jpg\t${text}\tnl`));
    expect(read.map(({ text }) => text)).toEqual(['1ABC234', 'MUOE12', 'A?12', '?', 'AB?', '??AB?1']);
    expect(read.map(({ unscored }) => unscored)).toEqual([false, false, true, true, true, true]);
    expect(read[0]?.country).toBe('NL');
  });

  it.each([
    [
      'without its column of texts',
      ['file\tplate', 'a.jpg\tAB12'],
      /labels\.tsv:1: there is no column text; .* file and text/,
    ],
    ['that is empty', [''], /labels\.tsv:1: there is no column file/],
    [
      'with an empty text after a blank line',
      ['file\ttext', '', 'a.jpg\tAB12', 'b.jpg\t'],
      /labels\.tsv:4: text: is empty/,
    ],
    ['without a name of a picture', ['file\ttext', '\tAB12'], /labels\.tsv:2: file: is empty/],
    ['with letters of another script', ['file\ttext', 'a.jpg\tАВ123'], /:2: text: "АВ123" is no plate; .*A-Z/],
    ['with an endless text', ['file\ttext', 'a.jpg\tABCDEFG?ABCDE'], /:2: text: .* at most 12/],
    [
      'with half a box',
      ['file\ttext\tx\ty\tw\th', 'a.jpg\tAB12\t1\t2\t\t4'],
      /:2: w: is empty; x y w h belong together/,
    ],
    ['with a box without area', ['file\ttext\tx\ty\tw\th', 'a.jpg\tAB12\t1\t2\t3\t0'], /:2: h: a box is wider/],
    [
      'with a place that is no number',
      ['file\ttext\tx\ty\tw\th', 'a.jpg\tAB12\tleft\t2\t3\t4'],
      /:2: x: "left" is no number/,
    ],
  ])('%s is refused with line, column and what to do', async (_, lines, message) => {
    await expect(plates(...lines)).rejects.toMatchObject({
      code: 'evaluate/bad-labels',
      message: expect.stringMatching(message),
    });
  });

  it('or a folder of pictures that is none is refused', async () => {
    await mkdir(join(folder, 'labels.tsv'));
    await expect(labelledPictures(folder)).rejects.toMatchObject({ code: 'evaluate/bad-labels' });
    await rm(join(folder, 'labels.tsv'), { recursive: true });
    await writeFile(join(folder, 'images'), '');
    await expect(labelledPictures(folder)).rejects.toMatchObject({ code: 'evaluate/no-pictures' });
  });

  it('of signs may have that mark as well, and small letters', async () => {
    await writeFile(join(folder, 'signs.tsv'), '\uFEFFa.jpg\tnl\n');
    expect([...(await signsOf(join(folder, 'signs.tsv')))]).toEqual([['a.jpg', 'NL']]);
  });
});
