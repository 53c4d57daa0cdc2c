import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'tsup';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { totals } from './report.ts';
import { runCampaign } from './run-campaign.ts';

const seed = Number(process.env.FAULT_SEED ?? Math.floor(Math.random() * 1e9));
const rounds = 10;
/** Inside node_modules, so that what the processes import is found from there. */
const cache = resolve('node_modules/.cache');
let programs = '';

beforeAll(async () => {
  mkdirSync(cache, { recursive: true });
  programs = mkdtempSync(resolve(cache, 'faults-'));
  const names = ['node-process', 'centre-process', 'broker-process'];
  await build({
    entry: Object.fromEntries(names.map((name) => [name, `test/faults/${name}.ts`])),
    outDir: programs,
    format: 'esm',
    target: 'node20',
    silent: true,
    config: false,
    clean: false,
    outExtension: () => ({ js: '.mjs' }),
  });
});
afterAll(() => rmSync(programs, { recursive: true, force: true }));

it(`loses no hit and doubles none, whatever fails (seed ${seed})`, { timeout: 300_000 }, async () => {
  const said: string[] = [];
  const progress = (text: string): void => void (text.endsWith('\n') && said.push(text));
  const campaign = await runCampaign({ programs, rounds, seed, daysHits: 300, progress });
  expect(said).toEqual([]);
  expect(totals(campaign, rounds)).toMatchObject({ rounds, lost: 0, doubled: 0 });
  expect(campaign.rounds).toHaveLength(rounds + 1);
  expect(campaign.rounds.at(-1)?.hits).toBeGreaterThan(250);
});
