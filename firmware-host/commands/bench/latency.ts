import { join } from 'node:path';
import { installationRoot } from '../../../config/foundation/installation.ts';
import { textTable } from '../../console/text-table.ts';
import type { HitWay } from './latency-ledger.ts';
import { type MeasuredLatency, measureLatency } from './measure-latency.ts';
import { progressLine } from './progress-line.ts';

export interface BenchLatencyOptions {
  readonly json?: boolean;
  readonly cameras: number;
  readonly seconds: number;
}

/** Long enough that a vehicle that comes again in the next round is a passage of its own. */
const filmSeconds = 15;

/** `anpr-node bench --latency`: from the frame that decides a passage to the centre's receipt of its hit, on this machine. */
export async function benchLatency({ json, cameras, seconds }: BenchLatencyOptions): Promise<void> {
  const progress = progressLine();
  const measured = await measureLatency({
    centreFile: join(installationRoot(), 'dist', 'anpr-central.js'),
    filmsFile: join(installationRoot(), 'dist', 'latency-films.js'),
    cameras,
    seconds,
    filmSeconds,
    warmUpMs: 5_000,
    onProgress: progress.say,
  });
  progress.end();
  process.stdout.write(json === true ? `${JSON.stringify(flat(measured))}\n` : `${report(measured, cameras)}\n`);
}

type Part = 'total' | 'decide' | 'make' | 'send' | 'confirm';

/** Of no numbers all are 0. */
export function percentiles(numbers: readonly number[]) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { median: at(0.5), p95: at(0.95), p99: at(0.99) };
}

const partOf = (ways: readonly HitWay[], part: Part) => percentiles(ways.map((way) => way[part]));
const rounded = (value: number): number => Math.round(value * 100) / 100;

/** The JSON form, a public contract. */
export function flat(measured: MeasuredLatency) {
  const { ways, frames, cores } = measured;
  const total = partOf(ways, 'total');
  return {
    hits: ways.length,
    unconfirmed: measured.unconfirmed,
    decidedInSight: ways.filter((way) => way.inSight).length,
    medianMs: total.median,
    p95Ms: total.p95,
    p99Ms: total.p99,
    ...Object.fromEntries(
      (['decide', 'make', 'send', 'confirm'] as const).flatMap((part) => {
        const { median, p95 } = partOf(ways, part);
        return [
          [`${part}Ms`, median],
          [`${part}P95Ms`, p95],
        ];
      }),
    ),
    seconds: rounded(measured.seconds),
    passages: measured.passages,
    framesOffered: frames.offered,
    framesMissed: frames.missed,
    framesDropped: frames.dropped,
    broker: measured.broker,
    coresWorkers: cores && rounded(cores.workers),
    coresNode: cores && rounded(cores.node),
    coresCentre: cores && rounded(cores.centre),
    coresRest: cores && rounded(cores.rest),
  };
}

/** The report for people. */
export function report(measured: MeasuredLatency, cameras: number): string {
  const { ways, frames, cores } = measured;
  const row = (name: string, part: Part, reach = '') => {
    const { median, p95, p99 } = partOf(ways, part);
    return [name, `${median.toFixed(0)} ms`, `${p95.toFixed(0)} ms`, `${p99.toFixed(0)} ms`, reach];
  };
  const late = ways.filter((way) => !way.inSight).length;
  return [
    `${ways.length} hits of ${measured.passages} passages in ${measured.seconds.toFixed(0)} s at ${cameras} cameras, over ${measured.broker}`,
    ...textTable([
      ['', 'median', '95 %', '99 %', 'to reach'],
      row('decisive frame to the centre’s receipt', 'total', '95 % < 500 ms'),
      row('  frame to decision', 'decide'),
      row('  matched, pictures fetched', 'make'),
      row('  signed, on disk, at the broker', 'send'),
      row('  stored by the centre, receipt here', 'confirm'),
    ]),
    `${late} of them were decided only after the vehicle had left; their last frame counts as the decisive one`,
    ...(measured.unconfirmed > 0 ? [`${measured.unconfirmed} hits have no receipt yet`] : []),
    `${frames.offered} frames offered, ${frames.missed} not taken, ${frames.dropped} dropped for a newer one`,
    cores === null
      ? 'processor time cannot be told on this system'
      : `cores used: ${cores.workers.toFixed(2)} camera workers, ${cores.node.toFixed(2)} node, ${cores.centre.toFixed(2)} centre, ${cores.rest.toFixed(2)} broker and cameras`,
  ].join('\n');
}
