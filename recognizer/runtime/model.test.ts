import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openModel } from './model.ts';
import { detectorCardSchema } from './model-card.ts';
import { ReferenceWork } from './reference-work.ts';

describe('a model file', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hazeldonk-model-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const graph = Buffer.from('not a graph');
  const card = { sha256: createHash('sha256').update(graph).digest('hex'), input: {}, output: {} };

  it('is missed by its code', async () => {
    await expect(openModel(folder, 'detector', detectorCardSchema)).rejects.toMatchObject({ code: 'model/missing' });
    await writeFile(join(folder, 'detector.json'), JSON.stringify(card));
    await expect(openModel(folder, 'detector', detectorCardSchema)).rejects.toMatchObject({ code: 'model/missing' });
  });

  it.each([
    ['not JSON', '{'],
    ['without a hash', '{"input":{},"output":{}}'],
    ['with a stride of zero', JSON.stringify({ ...card, output: { stride: 0 } })],
  ])('with a card %s is refused', async (_what, text) => {
    await writeFile(join(folder, 'detector.json'), text);
    await writeFile(join(folder, 'detector.onnx'), graph);
    await expect(openModel(folder, 'detector', detectorCardSchema)).rejects.toMatchObject({ code: 'model/bad-card' });
  });

  it('of which one byte was changed is refused before it is loaded', async () => {
    await writeFile(join(folder, 'detector.json'), JSON.stringify(card));
    await writeFile(join(folder, 'detector.onnx'), Buffer.concat([graph, Buffer.of(0)]));
    await expect(openModel(folder, 'detector', detectorCardSchema)).rejects.toMatchObject({ code: 'model/altered' });
  });

  it('that is no graph is refused even when its card vouches for it', async () => {
    await writeFile(join(folder, 'detector.json'), JSON.stringify(card));
    await writeFile(join(folder, 'detector.onnx'), graph);
    await expect(openModel(folder, 'detector', detectorCardSchema)).rejects.toMatchObject({ code: 'model/unloadable' });
  });
});

describe('the reference work', () => {
  it('is the product of two matrices, as computed in JavaScript', async () => {
    const work = await ReferenceWork.open();
    const a = (row: number, column: number) => Math.fround((((row * 512 + column) * 7919) % 1000) / 1000);
    let trace = 0;
    for (let i = 0; i < 512; i++) for (let k = 0; k < 512; k++) trace += a(i, k) * a(k, i);
    expect(await work.once()).toBeCloseTo(trace, 0);
    await work.close();
  });
});
