import { type Command, InvalidArgumentError } from 'commander';
import { Fault } from '../../../config/foundation/fault.ts';
import { mosquittoInstalled, startMosquitto } from '../../broker/start-mosquitto.ts';
import { withBroker } from '../../broker/with-broker.ts';
import { type BenchReport, benchCentre } from '../bench/bench-centre.ts';
import { postgresInstalled, startPostgres } from '../store/start-postgres.ts';

interface BenchCommandOptions {
  readonly hits: number;
  readonly seconds: number;
  readonly processes: number;
  readonly kill?: true;
  readonly broker?: string;
  readonly store?: string;
  readonly json?: true;
}

/** `anpr-central bench`: how many hits a second a centre of several processes takes, and whether one that dies loses any. */
export function addBenchCommand(program: Command): void {
  program
    .command('bench')
    .description('measure how many hits a second several receivers on one store take')
    .option('--hits <n>', 'hits a second', readCount, 1_000)
    .option('--seconds <n>', 'for how long', readCount, 10)
    .option('--processes <n>', 'receivers that share the work', readCount, 3)
    .option('--kill', 'kill one of them half-way, as kill -9 does')
    .option('--broker <url>', 'a broker to try on; without one, a Mosquitto of its own is started')
    .option('--store <store>', 'an EMPTY store to try on; without one, a PostgreSQL of its own is started')
    .option('--json', 'the outcome as one JSON object')
    .action(run);
}

async function run(options: BenchCommandOptions): Promise<void> {
  const closing: (() => Promise<void>)[] = [];
  try {
    const brokerUrl = options.broker ?? (await ownBroker(closing));
    const store = options.store ?? (await ownStore(closing));
    const report = await withBroker({ url: brokerUrl }, (link) =>
      benchCentre({
        program: process.argv[1] ?? '',
        link,
        brokerUrl,
        store,
        processes: options.processes,
        hitsPerSecond: options.hits,
        seconds: options.seconds,
        kill: options.kill ?? false,
        onProgress: process.stderr.isTTY ? (text) => process.stderr.write(`\r\u001b[K${text}`) : undefined,
      }),
    );
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
    process.stdout.write(`${options.json ? JSON.stringify(report) : reportText(report)}\n`);
    if (report.lost > 0 || report.doubled > 0) process.exitCode = 1;
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

async function ownBroker(closing: (() => Promise<void>)[]): Promise<string> {
  if (!mosquittoInstalled()) throw new Fault('bench/no-broker', 'name a broker with --broker');
  // A node keeps to one connection; here one connection stands for all nodes.
  const broker = await startMosquitto(['max_queued_messages 100000', 'max_inflight_messages 1000']);
  closing.push(() => broker.close());
  return broker.url;
}

async function ownStore(closing: (() => Promise<void>)[]): Promise<string> {
  if (!postgresInstalled()) throw new Fault('bench/no-store', 'name an empty PostgreSQL database with --store');
  const postgres = await startPostgres({ durable: true });
  closing.push(() => postgres.close());
  return postgres.database();
}

function reportText(report: BenchReport): string {
  const { p50, p95, p99 } = report.latencyMs;
  return [
    `${report.hits} signed hits to ${report.processes} receivers${report.killed ? ', one of them killed half-way' : ''}: ${report.hitsPerSecond} a second over ${report.seconds} s`,
    `hit to receipt: ${p50} ms (median), ${p95} ms (95 %), ${p99} ms (99 %)`,
    `shares ${report.shares.join(', ')}; ${report.resent} sent again; lost ${report.lost}, doubled ${report.doubled}`,
  ].join('\n');
}

function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 100_000)
    throw new InvalidArgumentError('It is a whole number from 1 to 100000.');
  return count;
}
