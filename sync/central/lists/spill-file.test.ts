import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testFolder } from '../../lists/list-world.fixture.ts';
import { SpillFile } from './spill-file.ts';

const blocks = ['first block', 'other block', ''].map((text) => Buffer.from(text));

function spilled(): { file: SpillFile; path: string } {
  const path = join(testFolder(), 'part');
  const file = new SpillFile(path);
  for (const block of blocks) file.append(block);
  return { file, path };
}

it('gives its blocks back in their order, also between appending', () => {
  const { file } = spilled();
  expect(file.read()).toEqual(blocks);
  file.append(Buffer.from('later'));
  expect(file.read()).toEqual([...blocks, Buffer.from('later')]);
  file.close();
});

it('lies on disk unreadable, and never over a file that is there', () => {
  const { file, path } = spilled();
  expect(readFileSync(path).includes('block')).toBe(false);
  expect(() => new SpillFile(path)).toThrow(
    expect.objectContaining({ code: 'list/no-spill', message: expect.stringContaining('EEXIST') }),
  );
  file.close();
});

it.each<[string, (bytes: Buffer) => Buffer]>([
  ['altered', (bytes) => Buffer.concat([Buffer.of((bytes[0] ?? 0) ^ 1), bytes.subarray(1)])],
  ['with blocks in another order', (bytes) => Buffer.concat([bytes.subarray(27, 54), bytes.subarray(0, 27)])],
  ['with a block of another file', () => readFileSync(spilled().path)],
])('refuses to go on from a file %s', (_, alter) => {
  const { file, path } = spilled();
  writeFileSync(path, alter(readFileSync(path)));
  expect(() => file.read()).toThrow(expect.objectContaining({ code: 'list/spill-damaged' }));
  file.close();
});

it('refuses to go on from a file cut short', () => {
  const { file, path } = spilled();
  truncateSync(path, 40);
  expect(() => file.read()).toThrow(expect.objectContaining({ code: 'list/spill-damaged' }));
  file.close();
});

it('says what to do where its blocks cannot be written', () => {
  const { file, path } = spilled();
  file.close();
  expect(() => file.append(Buffer.from('more'))).toThrow(
    expect.objectContaining({ code: 'list/no-spill', message: expect.stringMatching(/\(EBADF\); make room there/) }),
  );
  expect(() => new SpillFile(join(path, 'below', 'part'))).toThrow(expect.objectContaining({ code: 'list/no-spill' }));
});
