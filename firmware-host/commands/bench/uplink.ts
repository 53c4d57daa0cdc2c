import { join } from 'node:path';
import { installationRoot } from '../../../config/foundation/installation.ts';
import { textTable } from '../../console/text-table.ts';
import { type MeasuredUplink, measureUplink } from './measure-uplink.ts';
import { progressLine } from './progress-line.ts';

export interface BenchUplinkOptions {
  readonly json?: boolean;
  readonly hitsPerSecond: number;
  readonly seconds: number;
  readonly backlog: number;
}

/** `anpr-node bench --uplink`: from the outbox through a real broker to the centre's receipt, on this machine. */
export async function benchUplink(options: BenchUplinkOptions): Promise<void> {
  const { hitsPerSecond, seconds, backlog } = options;
  const progress = progressLine();
  const measured = await measureUplink({
    centreFile: join(installationRoot(), 'dist', 'anpr-central.js'),
    hitsPerSecond,
    seconds,
    backlog,
    onProgress: progress.say,
  });
  progress.end();
  process.stdout.write(
    options.json === true ? `${JSON.stringify(flat(measured))}\n` : `${report(measured, options)}\n`,
  );
}

const rounded = (value: number): number => Math.round(value * 100) / 100;

/** The JSON form, a public contract. */
function flat({ paced, toReceipt, append, picturesAfterSeconds, backlog }: MeasuredUplink) {
  return {
    hits: paced.hits,
    seconds: rounded(paced.seconds),
    hitsPerSecond: rounded(paced.receivedPerSecond),
    toReceiptMs: rounded(toReceipt.median),
    toReceiptP95Ms: rounded(toReceipt.p95),
    appendMs: rounded(append.median),
    appendP95Ms: rounded(append.p95),
    picturesAfterSeconds: rounded(picturesAfterSeconds),
    backlogHits: backlog.hits,
    backlogHitsPerSecond: rounded(backlog.receivedPerSecond),
  };
}

function report(
  { paced, toReceipt, append, picturesAfterSeconds, backlog }: MeasuredUplink,
  plan: BenchUplinkOptions,
): string {
  const spread = ({ median, p95 }: { median: number; p95: number }) => `${median.toFixed(1)} / ${p95.toFixed(1)} ms`;
  return textTable([
    ['', 'measured', 'to reach'],
    [`hits a second, of ${plan.hitsPerSecond} made, each with two pictures`, paced.receivedPerSecond.toFixed(1), '50'],
    ['written to receipt, median / 95 %', spread(toReceipt), '95 % < 500 ms from the camera’s frame'],
    ['  of which writing a hit and its pictures', spread(append), ''],
    ['pictures go on after the last hit for', `${picturesAfterSeconds.toFixed(1)} s`, ''],
    [`hits a second, of ${backlog.hits} that waited for the link`, backlog.receivedPerSecond.toFixed(0), ''],
  ]).join('\n');
}
