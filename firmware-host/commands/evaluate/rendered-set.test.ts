import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { INPUT_BYTES } from '../../../recognizer/reader/reader-input.ts';
import { RenderedSet } from './rendered-set.ts';
import { curvePlot, markdown, type RobustnessCurve } from './robustness.ts';

const size = `{"cropBytes":${INPUT_BYTES}}`;
const row = '{"text":"AB12CD","country":"NL","rows":1,"curve":"height","unit":"px","value":8}';

describe('a rendered set', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hazeldonk-rendered-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
  const written = async (lines: readonly string[], crops: number) => {
    await writeFile(join(folder, 'set.jsonl'), `${lines.join('\n')}\n`);
    const pixels = Buffer.alloc(crops * INPUT_BYTES);
    for (let crop = 0; crop < crops; crop++) pixels.fill(crop + 1, crop * INPUT_BYTES, (crop + 1) * INPUT_BYTES);
    await writeFile(join(folder, 'set.bin'), pixels);
    return await RenderedSet.open(join(folder, 'set.jsonl'));
  };

  it('comes in portions, each crop with its truth', async () => {
    const set = await written([size, row, row, row], 3);
    const portions = [];
    for await (const { pixels, truths } of set.portions(2)) portions.push([truths.length, pixels[0], pixels.at(-1)]);
    expect(portions).toEqual([
      [2, 1, 2],
      [1, 3, 3],
    ]);
    expect(set.truths[0]).toEqual({ text: 'AB12CD', country: 'NL', rows: 1, curve: 'height', unit: 'px', value: 8 });
  });

  it('that ends before its last crop is refused', async () => {
    const set = await written([size, row, row], 1);
    await expect(set.portions(8).next()).rejects.toMatchObject({ code: 'evaluate/bad-rendered-set' });
  });

  it.each([
    ['of another size', ['{"cropBytes":5120}', row]],
    ['without a size', [row]],
    ['with a line that is no JSON', [size, '{']],
    ['with a text that is no plate', [size, row.replace('AB12CD', '../../x')]],
    ['with endless text', [size, row.replace('AB12CD', 'A'.repeat(99_999))]],
    ['with three rows', [size, row.replace('"rows":1', '"rows":3')]],
    ['that is empty', []],
  ])('%s is refused', async (_, lines) => {
    await expect(written(lines, 1)).rejects.toMatchObject({ code: 'evaluate/bad-rendered-set' });
  });

  it('that is not there is refused', async () => {
    await expect(RenderedSet.open(join(folder, 'none'))).rejects.toMatchObject({ code: 'evaluate/bad-rendered-set' });
  });
});

describe('a robustness curve', () => {
  const level = (value: number, exact: number) => ({ value, plates: 50, exact, sure: exact / 2, sureWrong: 0 });
  const curve: RobustnessCurve = {
    curve: 'height',
    unit: 'px',
    levels: [level(60, 1), level(12, 0.5), level(8, 0)],
    personReadsTo: 12,
  };

  it('is a table that says where a person stops', () => {
    const page = markdown([curve], 'Judged by eye.');
    expect(page).toContain('| height (px) | 60 | **12** | 8 |');
    expect(page).toContain('| exact | 100 % | 50.0 % | 0 % |');
    expect(page).toContain('Judged by eye.');
  });

  it('is drawn with its levels evenly spaced, whatever the numbers', () => {
    const svg = curvePlot(curve);
    expect(svg.match(/<circle/g)?.length).toBe(6);
    expect(svg).toContain('a person reads to here');
    expect(curvePlot({ ...curve, levels: [level(8, 0)], personReadsTo: null })).not.toMatch(/NaN|a person/);
  });
});
