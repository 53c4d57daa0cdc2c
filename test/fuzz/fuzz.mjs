#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const help = `npm run fuzz -- [--cases 1000000] [--seed N] [--json]

Spoils list messages in every way (manifest, index, chunk, delta, stored records, sealed details, wrapped keys, a whole
node) and checks that each reader answers with the message or with its one fault. One seed repeats one run.`;

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(help);
} else if (!/^[1-9]\d{0,8}$/.test(values.cases) || !/^\d{1,9}$/.test(values.seed)) {
  console.error(`--cases and --seed must be whole numbers\n\n${help}`);
  process.exitCode = 2;
} else {
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-fuzz-'));
  const report = join(folder, 'report.json');
  const env = {
    ...process.env,
    FUZZ_CASES: values.cases,
    FUZZ_SEED: values.seed,
    FUZZ_REPORT: report,
    HAZELDONK_SKIP_BUILD: '1',
  };
  // With --json standard output carries the report alone.
  const stdio = ['inherit', values.json ? process.stderr : 'inherit', 'inherit'];
  const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'test/fuzz/list-messages.test.ts'], {
    stdio,
    env,
  });
  child.once('exit', (code) => {
    if (existsSync(report)) {
      const { seed, cases, targets } = JSON.parse(readFileSync(report, 'utf8'));
      if (values.json) console.log(JSON.stringify({ seed, cases, failures: 0, targets }));
      else {
        console.log(`${cases} cases of seed ${seed}, no failure`);
        for (const [name, one] of Object.entries(targets)) {
          console.log(`  ${name.padEnd(16)} ${one.cases} cases, ${one.taken} still true messages`);
        }
      }
    }
    rmSync(folder, { recursive: true, force: true });
    process.exitCode = code ?? 1;
  });
}
