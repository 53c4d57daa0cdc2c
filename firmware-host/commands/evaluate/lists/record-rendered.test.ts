import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installationRoot } from '../../../../config/foundation/installation.ts';
import { Recognizer } from '../../../../recognizer/recognizer.ts';
import { trainingNeeds } from '../../../../recognizer/training/training-needs.test-data.ts';
import { recordRendered } from './record-rendered.ts';
import { recordedPassages } from './recording.ts';

const { python, skip } = trainingNeeds('no passages are rendered', ['cv2', 'numpy', 'PIL', 'yaml']);

describe.skipIf(skip)('a recording of rendered passages', { timeout: 120_000 }, () => {
  let folder = '';
  let recognizers: readonly Recognizer[];
  let inOne = '';
  const record = (file: string, count: number, atATime = 1) =>
    recordRendered(
      {
        file,
        recognizers: recognizers.slice(0, atATime),
        python,
        onProgress: () => undefined,
      },
      count,
    );
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hazeldonk-recording-'));
    const modelsFolder = join(installationRoot(), 'recognizer', 'models');
    recognizers = [await Recognizer.open({ modelsFolder }), await Recognizer.open({ modelsFolder })];
    inOne = join(folder, 'one.jsonl');
    await record(inOne, 12);
  }, 120_000);
  afterAll(async () => {
    for (const recognizer of recognizers) await recognizer.close();
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

  it('is the same when several passages are read at a time', async () => {
    const together = join(folder, 'together.jsonl');
    await record(together, 5, 2);
    await record(together, 12, 2);
    expect(await all(together)).toEqual(await all(inOne));
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
