import { Fault } from '../../../config/foundation/fault.ts';
import { mosquittoInstalled } from '../../broker/start-mosquitto.ts';
import { type FleetFigures, measureFleet } from './measure-fleet.ts';
import { measureNode, type NodeFigures } from './measure-node.ts';
import { measureSafety, type SafetyCost } from './measure-safety.ts';

export interface ListBenchmarkOptions {
  /** The benchmark's processes (bench-child.ts, built). */
  readonly childFile: string;
  /** The thread of a node that writes lists (list-writer-worker.ts, built). */
  readonly writerFile: string;
  readonly entries: number;
  readonly changes: number;
  /** 0 leaves the fleet out. */
  readonly clients: number;
  readonly onProgress: (text: string) => void;
}

export interface ListBenchmark {
  readonly node: NodeFigures;
  readonly fleet: FleetFigures | null;
  readonly safety: readonly SafetyCost[];
}

/** What lists.md asks of a node, measured: with a real broker, one node process, then a fleet. */
export async function runListBenchmark(options: ListBenchmarkOptions): Promise<ListBenchmark> {
  const { childFile, writerFile, entries, changes, clients, onProgress } = options;
  if (!mosquittoInstalled()) {
    throw new Fault('bench/no-broker', "this benchmark needs Mosquitto: install Debian's package mosquitto");
  }
  const node = await measureNode({ childFile, writerFile, entries, changes, otherLists: 8, onProgress });
  const fleet =
    clients === 0
      ? null
      : await measureFleet({ childFile, clients, entries: Math.min(entries, 1000), changes: 100, onProgress });
  onProgress('measuring what each safety measure costs');
  const safety = await measureSafety(Math.min(entries, 200_000));
  return { node, fleet, safety };
}
