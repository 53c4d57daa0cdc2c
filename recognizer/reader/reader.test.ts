import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { installationRoot } from '../../config/foundation/installation.ts';
import { Reader } from './reader.ts';

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
