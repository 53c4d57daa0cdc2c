import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installationRoot } from '../../../../config/foundation/installation.ts';
import { trainingNeeds } from '../../../../recognizer/training/training-needs.test-data.ts';
import { recordRendered } from './record-rendered.ts';
import { recordedPassages } from './recording.ts';

const { python, skip } = trainingNeeds('no passages are rendered', ['cv2', 'numpy', 'PIL', 'yaml']);

describe.skipIf(skip)('a recording of rendered passages', { timeout: 120_000 }, () => {
  let folder = '';
  let inOne = '';
  const record = (file: string, count: number, jobs = 1, models = join(installationRoot(), 'recognizer', 'models')) => {
    const laneFile = join(installationRoot(), 'dist', 'record-lane.js');
    return recordRendered({ file, models, python, jobs, laneFile, onProgress: () => undefined }, count);
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hazeldonk-recording-'));
    inOne = join(folder, 'one.jsonl');
    await record(inOne, 12);
  }, 120_000);
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it('goes on where it stopped, and is what it would have been in one go', async () => {
    const inTwo = join(folder, 'two.jsonl');
    await record(inTwo, 4);
    await record(inTwo, 12);
    const [two, one] = [await all(inTwo), await all(inOne)];
    expect(two.length).toBe(12);
    expect(two).toEqual(one);
  });

  it('is the same when several processes share the work', async () => {
    const together = join(folder, 'together.jsonl');
    await record(together, 5, 2);
    await record(together, 12, 2);
    expect(await all(together)).toEqual(await all(inOne));
  });

  it('says what is wrong where a process cannot begin', async () => {
    const file = join(folder, 'none.jsonl');
    await expect(record(file, 4, 2, join(folder, 'no-models'))).rejects.toMatchObject({ code: 'model/missing' });
    await expect(all(file)).resolves.toEqual([]);
  });

  it('holds looks that are mostly read right', async () => {
    const passages = await all(inOne);
    const looks = passages.flatMap(({ text, looks: some }) => some.map(({ spellings }) => spellings[0]?.text === text));
    expect(looks.filter(Boolean).length).toBeGreaterThan(looks.length / 2);
  });
});

async function all(file: string) {
  const passages = [];
  for await (const passage of recordedPassages(file)) passages.push(passage);
  return passages;
}
