import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { listMessageTargets } from './list-message-targets.ts';
import { mutated, randomFrom, wholeBelow } from './mutations.ts';

const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);
const cases = Number(process.env.FUZZ_CASES ?? 40_000);
const report = process.env.FUZZ_REPORT;

it(
  `answers ${cases} spoilt list messages with the message or with its one fault (seed ${seed})`,
  async () => {
    const random = randomFrom(seed);
    const targets = await listMessageTargets();
    const counts = Object.fromEntries(targets.map(({ name }) => [name, { cases: 0, taken: 0 }]));
    for (const { name, messages, take } of targets) {
      for (const message of messages.slice(0, 1)) expect(await take(message), name).toBe(true);
    }
    const lot = targets.flatMap((target) => Array.from({ length: target.perMille }, () => target));
    for (let index = 0; index < cases; index += 1) {
      const target = lot[wholeBelow(random, lot.length)];
      if (target === undefined) throw new Error('no target');
      const { name, messages, take } = target;
      const pick = () => messages[wholeBelow(random, messages.length)] ?? Buffer.alloc(0);
      const bytes = mutated(pick(), random, pick());
      try {
        const taken = await take(bytes);
        const count = counts[name];
        if (count !== undefined) {
          count.cases += 1;
          count.taken += taken ? 1 : 0;
        }
      } catch (cause) {
        throw new Error(`${name}, case ${index} of seed ${seed}: ${bytes.toString('base64')}`, { cause });
      }
      if ((index + 1) % 100_000 === 0) process.stderr.write(`${index + 1} of ${cases} cases\n`);
    }
    for (const { name } of targets) expect(counts[name]?.cases, name).toBeGreaterThan(0);
    if (report !== undefined) writeFileSync(report, JSON.stringify({ seed, cases, failures: 0, targets: counts }));
  },
  Math.max(120_000, cases * 5),
);
