import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { holdExclusively } from './exclusive-hold.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-hold-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a held file cannot be held twice, until it is let go', () => {
  const path = join(folder, 'a.lock');
  const letGo = holdExclusively(path);
  expect(() => holdExclusively(path)).toThrow(expect.objectContaining({ code: 'database/held' }));
  letGo();
  holdExclusively(path)();
});

it('a process that is killed leaves nothing held', async () => {
  const path = join(folder, 'b.lock');
  const script = `
    const database = new (require('better-sqlite3'))(${JSON.stringify(path)});
    database.exec('BEGIN EXCLUSIVE');
    console.log('held');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  expect(() => holdExclusively(path)).toThrow(expect.objectContaining({ code: 'database/held' }));
  child.kill('SIGKILL');
  await once(child, 'exit');
  holdExclusively(path)();
});
