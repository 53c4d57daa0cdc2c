import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { installationRoot } from '../../config/foundation/installation.ts';
import { Session } from '../runtime/session.ts';
import { Reader } from './reader.ts';
import { INPUT_BYTES } from './reader-input.ts';

it('keeps no picture of what it has read, and reads the same again when it is given the same', async () => {
  const reader = await Reader.open(join(installationRoot(), 'recognizer', 'models'));
  const run = vi.spyOn(Session.prototype, 'run');
  const plates = Uint8Array.from({ length: 2 * INPUT_BYTES }, (_, at) => (at * at) % 251);
  const read = async () => {
    reader.crops.set(plates);
    return await reader.read(2);
  };
  const first = await read();
  expect(reader.crops.every((value) => value === 0)).toBe(true);
  const given = run.mock.calls.flatMap(([inputs]) => Object.values(inputs).map(({ data }) => data));
  expect(given.map((data) => data.length)).toEqual([2 * 5120, 2 * 3072]);
  expect(given.every((data) => data.every((value) => value === 0))).toBe(true);
  expect(await read()).toEqual(first);
  run.mockRestore();
  await reader.close();
});

it('refuses a graph that is no reader of this version when it opens it, and says what to do', async () => {
  const models = join(installationRoot(), 'recognizer', 'models');
  const folder = await mkdtemp(join(tmpdir(), 'hazeldonk-reader-'));
  const card = JSON.parse(await readFile(join(models, 'reader.json'), 'utf8'));
  const { sha256 } = JSON.parse(await readFile(join(models, 'detector.json'), 'utf8'));
  await copyFile(join(models, 'detector.onnx'), join(folder, 'reader.onnx'));
  await writeFile(join(folder, 'reader.json'), JSON.stringify({ ...card, sha256 }));
  await expect(Reader.open(folder)).rejects.toMatchObject({
    code: 'model/unexpected',
    message: expect.stringContaining('export it with this version'),
  });
  await rm(folder, { recursive: true });
});
