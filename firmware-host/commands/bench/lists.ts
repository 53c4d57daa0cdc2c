import { join } from 'node:path';
import { installationRoot } from '../../../config/foundation/installation.ts';
import type { Quantiles } from '../../../sync/lists/benchmark/bench-messages.ts';
import { type ListBenchmark, runListBenchmark } from '../../../sync/lists/benchmark/list-benchmark.ts';
import { textTable } from '../../console/text-table.ts';

export interface BenchListsOptions {
  readonly json?: boolean;
  readonly entries: number;
  readonly changes: number;
  readonly fleet: number;
}

/** `anpr-node bench --lists`: black lists at national scale, against a real broker on this machine. */
export async function benchLists({ json, entries, changes, fleet }: BenchListsOptions): Promise<void> {
  const benchmark = await runListBenchmark({
    childFile: join(installationRoot(), 'dist', 'list-bench.js'),
    writerFile: join(installationRoot(), 'dist', 'list-writer.js'),
    entries,
    changes,
    clients: fleet,
    onProgress: progressLine(),
  });
  process.stderr.write('\n');
  process.stdout.write(json === true ? `${JSON.stringify(benchmark, rounded)}\n` : `${report(benchmark).join('\n')}\n`);
}

/** On a terminal one line that changes, elsewhere a line when the work changes. */
function progressLine(): (text: string) => void {
  let last = '';
  return (text) => {
    const work = text.replace(/\d+/g, '#');
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
    else if (work !== last) process.stderr.write(`${text}\n`);
    last = work;
  };
}

function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(4)) : value;
}

/** The report for people: each figure beside what it has to reach. */
export function report({ node, fleet, safety }: ListBenchmark): readonly string[] {
  const spread = (ms: Quantiles) => `${ms.p50.toFixed(2)} / ${ms.p99.toFixed(2)} ms`;
  const seconds = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} s`;
  return [
    ...textTable([
      ['', 'measured', 'to reach'],
      [`${node.entries} entries (${node.megabytes.toFixed(0)} MB) from nothing`, seconds(node.applySeconds), '< 120 s'],
      ['  processor time of it', seconds(node.applyCpuSeconds), ''],
      ['  largest memory of the process', `${node.peakRssMb.toFixed(0)} MB`, '< 256 MB'],
      ['look-ups meanwhile, 64 spellings x 8 lists, median / 99 %', spread(node.lookUpWhileApplyingMs), '99 % < 1 ms'],
      ['  a passage waits for its turn, median / 99 %', spread(node.waitWhileApplyingMs), ''],
      ['look-ups after it, the large list as well', spread(node.lookUpMs), ''],
      [`a delta of ${node.deltaChanges} entries, centre to matching`, seconds(node.deltaSeconds), '< 1 s'],
      ['start of the process to matching', seconds(node.restartSeconds), '< 2 s'],
      ...(fleet === null
        ? []
        : [
            [
              `${fleet.clients} nodes: a delta of ${fleet.changes}, median / 99 %`,
              `${seconds(fleet.liveSeconds.p50)} / ${seconds(fleet.liveSeconds.p99)}`,
              '99 % < 5 s',
            ],
            ['  processor time of it, each node', `${fleet.cpuMsPerNode.toFixed(1)} ms`, ''],
          ]),
    ]),
    '',
    ...textTable([
      ['what safety costs', 'per', '', 'of applying'],
      ...safety.map(({ measure, per, ms, shareOfApply }) => [
        measure,
        per,
        ms < 0.1 ? `${(ms * 1000).toFixed(1)} µs` : `${ms.toFixed(ms < 10 ? 2 : 0)} ms`,
        shareOfApply === null ? '' : `${(shareOfApply * 100).toFixed(1)} %`,
      ]),
    ]),
  ];
}
