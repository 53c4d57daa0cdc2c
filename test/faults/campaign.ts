import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { faults } from './faults.ts';
import { table, totals } from './report.ts';
import { runCampaign } from './run-campaign.ts';

const wholeNumber = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('give a whole number');
  return Number(text);
};

const faultKeys = (text: string): readonly string[] => {
  const keys = text.split(',');
  const known = faults.map((fault) => fault.key);
  const stranger = keys.find((key) => !known.includes(key));
  if (stranger !== undefined) throw new InvalidArgumentError(`there is no ${stranger}; there are ${known.join(', ')}`);
  return keys;
};

const program = new Command('npm run faults --')
  .description('fail everything between a camera’s hit and the centre’s store, and count hits lost and doubled')
  .option('--rounds <n>', 'rounds, each with one to three faults', wholeNumber, 50)
  .option(
    '--seed <n>',
    'draws the same faults again (what they meet is not repeated: processes run as they run)',
    wholeNumber,
  )
  .option('--days-hits <n>', 'hits that wait while the centre is away for 30 days (100 for each round)', wholeNumber)
  .option('--only <faults>', `draw only these: ${faults.map((fault) => fault.key).join(',')}`, faultKeys)
  .option('--json', 'end with one line: {"rounds":…,"hits":…,"lost":…,"doubled":…}')
  .addHelpText('after', '\nEnds with 1 if a hit was lost or doubled, or anything else was not as it must be.')
  .parse();
const options = program.opts<{
  rounds: number;
  seed?: number;
  daysHits?: number;
  only?: readonly string[];
  json?: true;
}>();
const seed = options.seed ?? Math.floor(Math.random() * 1e9);

process.stderr.write(`seed ${seed}\n`);
let shownMs = 0;
const campaign = await runCampaign({
  programs: dirname(fileURLToPath(import.meta.url)),
  rounds: options.rounds,
  seed,
  only: options.only,
  daysHits: options.daysHits ?? options.rounds * 100,
  progress(text) {
    if (text.endsWith('\n')) process.stderr.write(`${process.stderr.isTTY ? '\r\x1b[K' : ''}${text}`);
    // A terminal shows each; a file gets a line a quarter of a minute.
    else if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
    else if (performance.now() - shownMs > 15_000) {
      shownMs = performance.now();
      process.stderr.write(`${text}\n`);
    }
  },
});
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');

const found = totals(campaign, options.rounds);
const wrong = campaign.rounds.reduce((all, one) => all + one.wrong.length, 0);
process.stdout.write(`${table(campaign)}\nbroker: ${campaign.broker}, seed ${seed}\n`);
if (campaign.drainMs !== null)
  process.stdout.write(`the centre was back: everything arrived within ${(campaign.drainMs / 1000).toFixed(1)} s\n`);
if (options.json) process.stdout.write(`${JSON.stringify(found)}\n`);
process.exitCode = found.lost + found.doubled + wrong > 0 ? 1 : 0;
