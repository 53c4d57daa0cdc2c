import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Fault } from '../../../config/foundation/fault.ts';
import { within } from '../../../config/foundation/pause.ts';
import type { BrokerLink } from '../../broker/broker-link.ts';
import { topics } from '../../broker/topics.ts';
import { openHitStore } from '../store/open-hit-store.ts';
import { type BenchHit, makeBenchHits } from './bench-hits.ts';
import { sendLoad } from './hit-load.ts';

export interface BenchOptions {
  /** File of the program whose `hits` command is measured. */
  readonly program: string;
  readonly link: BrokerLink;
  readonly brokerUrl: string;
  readonly store: string;
  readonly processes: number;
  readonly hitsPerSecond: number;
  readonly seconds: number;
  /** Ends one of the processes like a crash, half-way. */
  readonly kill: boolean;
  readonly resendMs?: number | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

export interface BenchReport {
  readonly processes: number;
  readonly killed: number;
  readonly hits: number;
  readonly seconds: number;
  readonly hitsPerSecond: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number };
  readonly resent: number;
  /** Not in the store at the end, or never confirmed. */
  readonly lost: number;
  /** Told to officers more than once. */
  readonly doubled: number;
  /** How many each process stored. */
  readonly shares: readonly number[];
}

const readyDeadlineMs = 60_000;

interface Running {
  readonly child: ChildProcess;
  /** Ids of the hits that it told. */
  readonly told: string[];
}

/** Measures real receivers that share a broker and a store: signed hits in, receipts out, and nothing lost or doubled. */
export async function benchCentre(options: BenchOptions): Promise<BenchReport> {
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-bench-'));
  const running: Running[] = [];
  try {
    options.onProgress?.('signing hits');
    const hits = await makeBenchHits(options.hitsPerSecond * options.seconds, join(folder, 'nodes'));
    const ready = readyCentres(options.link, options.processes);
    for (let at = 0; at < options.processes; at += 1) running.push(startReceiver(options, join(folder, 'nodes')));
    if (!(await within(ready, readyDeadlineMs, false)))
      throw new Fault('bench/no-centre', 'the receivers did not begin to listen; start one by hand to see why');
    const killer = options.kill
      ? setTimeout(() => running[0]?.child.kill('SIGKILL'), options.seconds * 500)
      : undefined;
    const load = await sendLoad({
      link: options.link,
      hits,
      perSecond: options.hitsPerSecond,
      resendMs: options.resendMs ?? 10_000,
      patienceMs: 60_000,
      onProgress: (confirmed) => options.onProgress?.(`${confirmed} of ${hits.length} hits confirmed`),
    });
    clearTimeout(killer);
    await Promise.all(running.map(({ child }) => ended(child)));
    const told = running.flatMap((one) => one.told);
    const quantile = (part: number): number =>
      Math.round((load.latenciesMs[Math.floor(load.latenciesMs.length * part)] ?? Number.NaN) * 10) / 10;
    return {
      processes: options.processes,
      killed: options.kill ? 1 : 0,
      hits: hits.length,
      seconds: Math.round(load.seconds * 100) / 100,
      hitsPerSecond: Math.round(load.confirmed.size / load.seconds),
      latencyMs: { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) },
      resent: load.resent,
      lost: await countLost(hits, load.confirmed, options.store),
      doubled: told.length - new Set(told).size,
      shares: running.map((one) => one.told.length),
    };
  } finally {
    for (const { child } of running) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each centre says once that it listens. */
function readyCentres(link: BrokerLink, count: number): Promise<true> {
  return new Promise((resolve) => {
    let ready = 0;
    const leave = link.subscribe(topics.centreReady, () => {
      ready += 1;
      if (ready < count) return;
      leave();
      resolve(true);
    });
  });
}

function startReceiver({ program, brokerUrl, store }: BenchOptions, register: string): Running {
  const args = ['hits', '--broker', brokerUrl, '--store', store, '--share', 'bench', '--node-keys', register, '--json'];
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const told: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const id = /"hit":\{[^{]*?"id":"([0-9a-f-]{36})"/.exec(line)?.[1];
    if (id !== undefined) told.push(id);
  });
  return { child, told };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'close');
  child.kill('SIGTERM');
  await exit;
}

async function countLost(hits: readonly BenchHit[], confirmed: ReadonlySet<string>, name: string): Promise<number> {
  const store = await openHitStore(name);
  try {
    let lost = 0;
    for (const { id } of hits) if (!confirmed.has(id) || (await store.hit(id)) === null) lost += 1;
    return lost;
  } finally {
    await store.close();
  }
}
