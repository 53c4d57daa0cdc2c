#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

const help = `npm run kills -- [--rounds 300] [--seed N]

Kills a process with SIGKILL at random moments while it applies a black list, and after each kill checks the database:
exactly one complete version, integrity in order, nothing fetched that was stored before. So many rounds with the writer
in the process, and so many with the writer in a thread of its own, as on a node.`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '300' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(help);
} else if (!/^[1-9]\d{0,5}$/.test(values.rounds) || !/^\d{1,9}$/.test(values.seed)) {
  console.error(`--rounds and --seed must be whole numbers\n\n${help}`);
  process.exitCode = 2;
} else {
  const env = { ...process.env, KILLS: values.rounds, SEED: values.seed, HAZELDONK_SKIP_BUILD: '1' };
  const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'sync/lists/store/kill.test.ts'], {
    stdio: 'inherit',
    env,
  });
  child.once('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
