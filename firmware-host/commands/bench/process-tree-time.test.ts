import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { processTreeSeconds } from './process-tree-time.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-proc-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A process as Linux tells of it, with a name that tries to be misread. */
function processOf(pid: number, parent: number, user: number, system: number): void {
  mkdirSync(join(folder, String(pid)));
  writeFileSync(
    join(folder, String(pid), 'stat'),
    `${pid} (odd) name 7) S ${parent} 1 1 0 -1 4194304 100 0 0 0 ${user} ${system} 0 0 20 0 1 0 5000\n`,
  );
}

it('adds up the processor time of a process and all that descend from it, and of nobody else', () => {
  processOf(10, 1, 150, 50);
  processOf(11, 10, 300, 0);
  processOf(12, 11, 100, 100);
  processOf(13, 1, 9_999, 0);
  const seconds = processTreeSeconds(10, (pid) => (pid === 10 ? 'own' : 'children'), folder);
  expect(Object.fromEntries(seconds ?? [])).toEqual({ own: 2, children: 5 });
});

it('cannot tell where there is no /proc', () => {
  expect(processTreeSeconds(10, () => 'own', join(folder, 'none'))).toBeNull();
});
