import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../../config/foundation/fault.ts';
import { HelperProcess } from '../../../config/foundation/helper-process.ts';
import { silentLog } from '../../../config/foundation/log.ts';
import { pause } from '../../../config/foundation/pause.ts';
import { startEmbeddedBroker } from '../../../sync/broker/embedded-broker.ts';
import { MqttLink } from '../../../sync/broker/mqtt-link.ts';
import { mosquittoInstalled, startMosquitto } from '../../../sync/broker/start-mosquitto.ts';
import { topics } from '../../../sync/broker/topics.ts';
import { onInterrupt } from '../../../sync/lists/benchmark/on-interrupt.ts';
import { type Node, openNode } from '../../node/open-node.ts';
import { ended, isGone, startCentre } from './centre-child.ts';
import { type HitWay, LatencyLedger } from './latency-ledger.ts';
import type { FilmRole, FromFilms } from './latency-messages.ts';
import { benchPlace, cameraName, latencySite } from './latency-site.ts';
import { drawTraffic } from './latency-traffic.ts';
import { processTreeSeconds } from './process-tree-time.ts';

export interface LatencyPlan {
  /** The centre's program, and the one that plays the cameras. */
  readonly centreFile: string;
  readonly filmsFile: string;
  readonly cameras: number;
  readonly seconds: number;
  /** Length of a film before it begins again. */
  readonly filmSeconds: number;
  /** Nothing counts before: models are loaded and caches get warm. */
  readonly warmUpMs: number;
  readonly onProgress: (text: string) => void;
}

export interface MeasuredLatency {
  readonly ways: readonly HitWay[];
  /** Hits whose receipt had not come when the wait for it was over. */
  readonly unconfirmed: number;
  readonly frames: { readonly offered: number; readonly missed: number; readonly dropped: number };
  readonly passages: number;
  readonly seconds: number;
  readonly broker: 'mosquitto' | 'embedded';
  /** Share of one processor core over the time measured; null where it cannot be told. */
  readonly cores: {
    readonly workers: number;
    readonly node: number;
    readonly centre: number;
    readonly rest: number;
  } | null;
}

const readyDeadlineMs = 120_000;
const lastReceiptsMs = 10_000;

/**
 * A node with real models, filmed roads, a real broker, an outbox on disk and the centre's program, all on this machine:
 * how long from the frame that decided a passage until the centre's receipt of its hit.
 */
export async function measureLatency(plan: LatencyPlan): Promise<MeasuredLatency> {
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-bench-'));
  const cleanUp: (() => unknown)[] = [() => removeFolder(folder)];
  // Films of a gigabyte, and processes that nobody else would end, must not be left behind.
  const processes = new Set<() => unknown>();
  const leave = onInterrupt(() => {
    for (const end of processes) void end();
    removeFolder(folder);
  });
  cleanUp.unshift(leave);
  try {
    let drawn = 0;
    const { films, framesPerSecond, vehicles } = await drawTraffic(join(folder, 'films'), {
      cameras: plan.cameras,
      seconds: plan.filmSeconds,
      onFrame: () => plan.onProgress(`drawing the road: ${++drawn} frames`),
    });
    const mosquitto = mosquittoInstalled();
    const broker = mosquitto ? await startMosquitto() : await startEmbeddedBroker();
    cleanUp.push(() => broker.close());
    processes.add(() => broker.close());
    const role: FilmRole = { films, framesPerSecond };
    const cameras = new HelperProcess<FromFilms>(plan.filmsFile, role);
    cleanUp.push(() => cameras.end('SIGKILL'));
    processes.add(() => cameras.end('SIGKILL'));
    const { urls } = await cameras.told('listening');
    const settings = await latencySite({ folder, brokerUrl: broker.url, cameraUrls: urls, vehicles });
    const centre = startCentre(plan.centreFile, folder, broker.url);
    cleanUp.push(() => ended(centre, 'SIGTERM'));
    processes.add(() => centre.kill('SIGKILL'));
    const ledger = new LatencyLedger(settings.passages.closeAfterMs);
    const stop = new AbortController();
    const observer = observe(broker.url, ledger);
    const node = await openNode(settings, silentLog, { onDecided: (passage) => ledger.decided(passage) });
    const running = [observer.run(stop.signal), node.run(stop.signal)];
    cleanUp.push(() => {
      stop.abort();
      return Promise.allSettled(running);
    });
    plan.onProgress('starting the node, its cameras and the centre');
    await untilConfirmed(ledger, centre);
    await pause(plan.warmUpMs);
    const measured = await measureWhile(plan, node, () => cpu(node, centre));
    const toMs = Date.now();
    plan.onProgress('waiting for the last receipts');
    // The cameras play on meanwhile: vehicles in sight when they went dark would be decided by that, and none is on the road.
    await pause(settings.passages.closeAfterMs + 500);
    await cameras.end();
    const { records } = await cameras.told('played');
    const endMs = performance.now() + lastReceiptsMs;
    const sentMs = new Map(records.map((record, at) => [cameraName(at), record.sentMs]));
    const within = { fromMs: measured.fromMs, toMs };
    const isWithin = (ms: number) => ms >= within.fromMs && ms <= toMs;
    while (ledger.ways(sentMs, within).unconfirmed > 0 && performance.now() < endMs) await pause(100);
    return {
      ...ledger.ways(sentMs, within),
      frames: {
        offered: records.flatMap((one) => one.sentMs).filter(isWithin).length,
        missed: records.flatMap((one) => one.missedMs).filter(isWithin).length,
        dropped: measured.dropped,
      },
      passages: measured.passages,
      seconds: measured.seconds,
      broker: mosquitto ? 'mosquitto' : 'embedded',
      cores: measured.cores,
    };
  } finally {
    for (const clean of cleanUp.reverse()) await clean();
  }
}

/** Again where somebody who was told to end still wrote into it. */
function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function measureWhile({ seconds, cameras, onProgress }: LatencyPlan, node: Node, coresUsed: () => Groups | null) {
  const [fromMs, before, cpuBefore] = [Date.now(), node.state.funnel(), coresUsed()];
  for (let second = 0; second < seconds; second += 1) {
    onProgress(`${cameras} cameras: ${second} of ${seconds} s, ${node.state.funnel().hits - before.hits} hits`);
    await pause(1_000);
  }
  const [after, cpuAfter, elapsed] = [node.state.funnel(), coresUsed(), (Date.now() - fromMs) / 1000];
  const share = (name: Group) => ((cpuAfter?.get(name) ?? 0) - (cpuBefore?.get(name) ?? 0)) / elapsed;
  return {
    fromMs,
    seconds: elapsed,
    dropped: after.dropped - before.dropped,
    passages: after.passages - before.passages,
    cores:
      cpuBefore === null || cpuAfter === null
        ? null
        : { workers: share('workers'), node: share('node'), centre: share('centre'), rest: share('rest') },
  };
}

type Group = 'workers' | 'node' | 'centre' | 'rest';
type Groups = ReadonlyMap<string, number>;

function cpu(node: Node, centre: ChildProcess): Groups | null {
  const workers = new Set(node.state.workerPids());
  return processTreeSeconds(process.pid, (pid): Group => {
    if (pid === process.pid) return 'node';
    if (workers.has(pid)) return 'workers';
    return pid === centre.pid ? 'centre' : 'rest';
  });
}

/** A client of its own at the broker notes hits and receipts as they pass: the product needs no stop-watch inside. */
function observe(url: string, ledger: LatencyLedger): MqttLink {
  const observer = new MqttLink({ url, clientId: 'bench-observer' });
  observer.subscribe(topics.hits(benchPlace.id), ({ payload }) => ledger.hitAtBroker(payload, Date.now()));
  observer.subscribe(topics.receipts(benchPlace.id), ({ payload }) => ledger.receipt(payload, Date.now()));
  return observer;
}

async function untilConfirmed(ledger: LatencyLedger, centre: ChildProcess): Promise<void> {
  const endMs = performance.now() + readyDeadlineMs;
  while (ledger.confirmed === 0) {
    if (isGone(centre) || performance.now() > endMs)
      throw new Fault('bench/no-centre', 'no hit was confirmed by the centre: see the messages above');
    await pause(20);
  }
}
