import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installationRoot } from '../config/foundation/installation.ts';
import { quadOverlap } from './detector/quad-overlap.ts';
import { drawn, evenPlateSvg, plateSvg } from './drawn-plate.test-data.ts';
import { wholePicture } from './outlines.ts';
import { type Corners, noPlate } from './plate.ts';
import { Recognizer } from './recognizer.ts';

/** With the models that ship: without them nothing here passes. */
describe('the recognizer', () => {
  let recognizer: Recognizer;
  beforeAll(async () => {
    recognizer = await Recognizer.open({ modelsFolder: join(installationRoot(), 'recognizer', 'models') });
  });
  afterAll(async () => {
    await recognizer?.close();
  });

  const quad: Corners = [
    [460, 420],
    [620, 420],
    [620, 454],
    [460, 454],
  ];
  const car = '<rect x="300" y="200" width="500" height="360" fill="#333"/>';

  it('finds and reads a plate in a scene, with its corners, spellings and countries', async () => {
    const scene = await drawn(car + plateSvg('1ABC234', [460, 420], 160), 1280, 720);
    const [read, ...others] = await recognizer.read(scene);
    expect(others).toEqual([]);
    expect(read?.spellings[0]?.text).toBe('1ABC234');
    expect(read?.rows).toBe(1);
    expect(quadOverlap(read!.corners, quad)).toBeGreaterThan(0.6);
    const total = (list: readonly { probability: number }[]) =>
      list.reduce((sum, { probability }) => sum + probability, 0);
    expect(total(read!.spellings)).toBeLessThanOrEqual(1 + 1e-6);
    expect(total(read!.countries)).toBeCloseTo(1, 3);
  });

  it('finds plates where they are, not to one side of there', async () => {
    const offsets: (readonly [number, number])[] = [];
    for (const [x, y, widthPx] of [
      [460, 420, 160],
      [203, 111, 120],
      [805, 300, 200],
      [640, 605, 90],
      [331, 515, 240],
      [411, 222, 140],
    ] as const) {
      const [plate] = await recognizer.detect(await drawn(evenPlateSvg([x, y], widthPx), 1280, 720));
      const mean = (of: 0 | 1) => (plate?.corners ?? []).reduce((sum, corner) => sum + corner[of], 0) / 4;
      offsets.push([mean(0) - (x + widthPx / 2 - 0.5), mean(1) - (y + (widthPx * 110) / 520 / 2 - 0.5)]);
    }
    for (const of of [0, 1] as const)
      expect(Math.abs(offsets.reduce((sum, offset) => sum + offset[of], 0) / offsets.length)).toBeLessThan(0.9);
  });

  it.each([
    [840, 900, 400],
    [760, 900, 400],
    [700, 760, 300],
  ])('reads a plate that is %i px wide once', async (widthPx, width, height) => {
    const scene = await drawn(
      plateSvg('1ABC234', [(width - widthPx) / 2, height / 2 - widthPx / 9], widthPx),
      width,
      height,
    );
    expect((await recognizer.read(scene)).map(({ spellings }) => spellings[0]?.text)).toEqual(['1ABC234']);
  });

  it('reads what another found, several plates at a time, each on its own', async () => {
    const texts = ['1ABC234', 'AB12CDE', '4KRZ71'];
    const places: readonly (readonly [number, number])[] = [
      [100, 100],
      [500, 300],
      [900, 600],
    ];
    const svg = texts.map((text, i) => plateSvg(text, places[i]!, 208)).join('');
    const plates = places.map(([x, y]) => {
      const corners: Corners = [
        [x, y],
        [x + 208, y],
        [x + 208, y + 44],
        [x, y + 44],
      ];
      return { corners, score: 0.9 };
    });
    const reads = await recognizer.readQuads(await drawn(svg, 1280, 720), plates);
    expect(reads.map(({ spellings }) => spellings[0]?.text)).toEqual(texts);
    expect(reads.map(({ corners }) => corners)).toEqual(plates.map(({ corners }) => corners));
    expect(recognizer.lastMs.read).toBeGreaterThan(0);
  });

  it('reads a plate again in other outlines, and says of it what it was before but its text', async () => {
    const luma = await drawn(car + plateSvg('AB12CDE', [460, 420], 160), 1280, 720);
    const [read = noPlate(wholePicture(luma))] = await recognizer.read(luma);
    const again = await recognizer.readAgain(luma, read);
    expect(again.spellings[0]?.text).toBe('AB12CDE');
    expect(again.seen.spellings).not.toEqual(read.seen.spellings);
    expect(again).toMatchObject({ corners: read.corners, rows: 1, plateProbability: read.plateProbability });
    const farAway: Corners = [
      [900, 600],
      [1000, 600],
      [1000, 630],
      [900, 630],
    ];
    const found = await recognizer.readAgain(luma, { ...read, corners: farAway, outline: read.corners });
    expect(found).toMatchObject({ corners: farAway, spellings: again.spellings });
    const crop = await drawn(plateSvg('4KRZ71', [0, 0], 260), 260, 55);
    const cropAgain = await recognizer.readCropAgain(crop, await recognizer.readCrop(crop));
    expect(cropAgain.spellings[0]?.text).toBe('4KRZ71');
  });

  it('sees the same in rows that are padded as a video decoder pads them', async () => {
    const packed = await drawn(car + plateSvg('AB12CDE', [460, 420], 160), 1280, 720);
    const strideBytes = 1344;
    const data = new Uint8Array(strideBytes * 720).fill(255);
    for (let y = 0; y < 720; y++) data.set(packed.data.subarray(y * 1280, (y + 1) * 1280), y * strideBytes);
    expect(await recognizer.read({ ...packed, data, strideBytes })).toEqual(await recognizer.read(packed));
  });

  it('reads a plate that was cut out before', async () => {
    const read = await recognizer.readCrop(await drawn(plateSvg('4KRZ71', [0, 0], 260), 260, 55));
    expect(read.spellings[0]?.text).toBe('4KRZ71');
    expect(read.rows).toBe(1);
  });

  it('reads a plate that was found somewhere else, at the corners it was found at', async () => {
    const corners: Corners = [
      [30, 20],
      [238, 20],
      [238, 64],
      [30, 64],
    ];
    const read = await recognizer.readFound(await drawn(plateSvg('4KRZ71', [30, 20], 208), 268, 84), corners);
    expect(read.spellings[0]?.text).toBe('4KRZ71');
    expect(read.corners).toBe(corners);
  });

  it.each([
    ['one pixel', 1, 1],
    ['one row', 900, 1],
    ['one column', 1, 900],
  ])('finds nothing in a picture of %s', async (_what, widthPx, heightPx) => {
    const empty = { data: new Uint8Array(widthPx * heightPx), widthPx, heightPx, strideBytes: widthPx };
    expect(await recognizer.read(empty)).toEqual([]);
    expect((await recognizer.readCrop(empty)).plateProbability).toBeLessThan(0.5);
  });

  it('finds nothing on an empty road', async () => {
    expect(await recognizer.read(await drawn(car, 1280, 720))).toEqual([]);
  });
});
