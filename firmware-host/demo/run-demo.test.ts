import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DemoOptions, runDemo } from './run-demo.ts';

let folder: string;
let written: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-demo-'));
  written = '';
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function demo(more: Partial<DemoOptions>): Promise<unknown> {
  const terminal = { write: (text: string) => (written += text) };
  const shown = { acts: [{ scene: 'day', seconds: 60 }], terminal, environment: {}, picturesFolder: null } as const;
  return runDemo({ ...shown, ...more }, new AbortController().signal);
}

test('a demo whose camera worker cannot start ends with what ended the worker, and waits for no viewer', async () => {
  await expect(demo({ modelsFolder: folder, startWithinMs: 3_600_000 })).rejects.toMatchObject({
    code: 'model/missing',
    message: expect.stringContaining('--verbose'),
  });
  expect(written).not.toContain('drove past');
});

test('a demo whose camera worker says nothing ends all the same', async () => {
  await expect(demo({ startWithinMs: 1 })).rejects.toMatchObject({ code: 'demo/no-viewer' });
});
