import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { chainStart } from '../../audit/audit-chain.ts';
import { verifyAuditFolder } from '../../audit/audit-files.ts';
import { testFolder } from '../../lists/list-world.fixture.ts';
import { stolenVehicles } from '../lists/stolen-vehicles.test-data.ts';
import { addListCommand } from './list.ts';

beforeEach(() => {
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

const records = (folder: string) =>
  readFileSync(join(folder, 'audit-000001.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

it('writes down each version that was built, and nothing of what only tried or failed', async () => {
  const folder = testFolder();
  const at = (name: string): string => join(folder, name);
  writeFileSync(at('list.yaml'), stolenVehicles);
  const build = async (rows: string, ...more: string[]) => {
    writeFileSync(at('list.csv'), `plate,country,reference\n${rows}\n`);
    const program = new Command().exitOverride();
    addListCommand(program);
    const files = ['--description', at('list.yaml'), '--csv', at('list.csv'), '--out', at('stolen')];
    process.exitCode = 0;
    await program.parseAsync(['list', 'build', ...files, ...more], { from: 'user' });
  };
  await build('1-ABC-234,B,BE-1');
  await build('1-ABC-235,B,BE-2', '--dry-run');
  await build('%!,B,BE-2');
  await build('1-ABC-235,B,BE-2', '--rotate-key');
  const audit = at('stolen/audit');
  expect(records(audit).map(({ event, facts }) => [event, facts.list, facts.version])).toEqual([
    ['list/build', 'stolen', 1],
    ['list/build', 'stolen', 2],
  ]);
  expect(verifyAuditFolder(audit, chainStart('centre')).broken).toBeNull();
  expect(JSON.stringify(records(audit))).not.toMatch(/ABC/);
});
