import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, expect, it, vi } from 'vitest';
import { testFolder } from '../../lists/list-world.fixture.ts';
import { ListKeyFile } from './list-key-file.ts';
import { replaceFile, replaceFileUnsynced } from './replace-file.ts';

// Only a power failure would show it otherwise; the real functions are called.
vi.mock('node:fs', { spy: true });
beforeEach(() => {
  vi.clearAllMocks();
});

/** What was done with the disk, in order: files are named by their path. */
function steps(): string[] {
  const opened = new Map<unknown, string>();
  const calls = [
    ...vi.mocked(fs.openSync).mock.calls.map((call, at) => {
      const { value } = vi.mocked(fs.openSync).mock.results[at]!;
      return { at: vi.mocked(fs.openSync).mock.invocationCallOrder[at]!, open: [value, String(call[0])] as const };
    }),
    ...vi.mocked(fs.fsyncSync).mock.calls.map((call, at) => ({
      at: vi.mocked(fs.fsyncSync).mock.invocationCallOrder[at]!,
      sync: call[0],
    })),
    ...vi.mocked(fs.renameSync).mock.calls.map((call, at) => ({
      at: vi.mocked(fs.renameSync).mock.invocationCallOrder[at]!,
      rename: String(call[1]),
    })),
  ].sort((a, b) => a.at - b.at);
  return calls.flatMap((call) => {
    if ('open' in call) opened.set(...call.open);
    if ('sync' in call) return [`sync ${opened.get(call.sync)}`];
    return 'rename' in call ? [`rename to ${call.rename}`] : [];
  });
}

it('has new content on disk before it takes the old one’s place, and the place before anything follows', () => {
  const path = join(testFolder(), 'list.key');
  fs.writeFileSync(path, 'old, and longer');
  replaceFile(path, 'new');
  expect(fs.readFileSync(path, 'utf8')).toBe('new');
  expect(fs.statSync(path).mode & 0o777).toBe(0o600);
  expect(fs.readdirSync(dirname(path))).toEqual(['list.key']);
  expect(steps()).toEqual([`sync ${path}.new`, `rename to ${path}`, `sync ${dirname(path)}`]);
});

it('keeps list keys so, and waits for none of the many files that may be made anew', () => {
  const folder = testFolder();
  new ListKeyFile(join(folder, 'list.key')).add(Buffer.alloc(32, 1));
  expect(steps()).toHaveLength(3);
  vi.clearAllMocks();
  replaceFileUnsynced(join(folder, 'blob'), Buffer.from('new'));
  expect(steps()).toEqual([`rename to ${join(folder, 'blob')}`]);
});
