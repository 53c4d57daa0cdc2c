import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../../config/foundation/fault.ts';
import { pause } from '../../../config/foundation/pause.ts';
import { MqttLink } from '../../../sync/broker/mqtt-link.ts';
import { mosquittoInstalled, startMosquitto } from '../../../sync/broker/start-mosquitto.ts';
import type { Receipt } from '../../../sync/uplink/hit.ts';
import { Outbox } from '../../../sync/uplink/outbox.ts';
import { openOutboxFile } from '../../../sync/uplink/outbox-file.ts';
import { Publisher } from '../../../sync/uplink/publisher.ts';
import { type Spread, spreadOf } from '../quantile.ts';
import { startCentre } from './centre-child.ts';
import { BenchHits } from './uplink-hits.ts';

export interface UplinkPlan {
  /** The centre's program. */
  readonly centreFile: string;
  readonly hitsPerSecond: number;
  readonly seconds: number;
  /** Hits that wait when the link comes up. */
  readonly backlog: number;
  readonly onProgress: (text: string) => void;
}

export interface MeasuredUplink {
  /** With both pictures, one after the other at the pace that was asked for. */
  readonly paced: { readonly hits: number; readonly seconds: number; readonly receivedPerSecond: number };
  /** From the hit's writing to the taking of its receipt, while pictures go as well. */
  readonly toReceipt: Spread;
  readonly append: Spread;
  /** How long the pictures went on after the last hit. */
  readonly picturesAfterSeconds: number;
  readonly backlog: { readonly hits: number; readonly receivedPerSecond: number };
}

const node = 'bench-node';

/** Outbox to Mosquitto to the centre's program to its receipt, all on this machine and on its disk. */
export async function measureUplink(plan: UplinkPlan): Promise<MeasuredUplink> {
  if (!mosquittoInstalled())
    throw new Fault('bench/no-mosquitto', 'this measurement needs a real broker: install Debian’s package mosquitto');
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-bench-'));
  const hits = await BenchHits.enrol(folder, node);
  mkdirSync(join(folder, 'node-keys'));
  writeFileSync(join(folder, 'node-keys', `${node}.json`), JSON.stringify(hits.publicKey));
  const broker = await startMosquitto();
  const centre = startCentre(plan.centreFile, folder, broker.url);
  const outbox = new TimedOutbox(openOutboxFile(join(folder, 'outbox.sqlite')).database, { diskBudgetBytes: 4e9 });
  const stop = new AbortController();
  const running: Promise<void>[] = [];
  const connect = (): void => {
    const link = new MqttLink({ url: broker.url, clientId: node, reconnectFirstMs: 50 });
    running.push(link.run(stop.signal), new Publisher({ node, link, outbox }).run(stop.signal));
  };
  try {
    for (let made = 0; made < plan.backlog; made += 1) {
      const { hit, sealed } = await hits.next(false);
      outbox.append(hit, sealed.pictures, sealed.body);
      if (made % 100 === 0) plan.onProgress(`writing ${made} of ${plan.backlog} hits before the link comes up`);
    }
    connect();
    await untilCentreAnswers(outbox, centre);
    const backlog = await drainBacklog(outbox, plan);
    return { ...(await playPaced(outbox, hits, plan)), backlog };
  } finally {
    stop.abort();
    await Promise.all(running);
    centre.kill('SIGTERM');
    if (centre.exitCode === null) await once(centre, 'exit');
    outbox.close();
    await broker.close();
    rmSync(folder, { recursive: true });
  }
}

/** Notes when each hit was written and when its receipt was taken. */
class TimedOutbox extends Outbox {
  readonly writtenMs = new Map<string, number>();
  readonly toReceiptMs: number[] = [];
  received = 0;

  override receiveAll(receipts: readonly Receipt['data'][]): readonly boolean[] {
    const taken = super.receiveAll(receipts);
    const nowMs = performance.now();
    for (const [index, { hit, part }] of receipts.entries()) {
      if (part !== 'hit' || !taken[index]) continue;
      this.received += 1;
      const writtenMs = this.writtenMs.get(hit);
      if (writtenMs !== undefined) this.toReceiptMs.push(nowMs - writtenMs);
    }
    return taken;
  }
}

async function untilCentreAnswers(outbox: TimedOutbox, centre: { readonly exitCode: number | null }): Promise<void> {
  const endMs = performance.now() + 60_000;
  while (outbox.received === 0) {
    if (centre.exitCode !== null || performance.now() > endMs)
      throw new Fault('bench/no-centre', 'the centre confirmed nothing: see its messages above');
    await pause(5);
  }
}

async function drainBacklog(outbox: TimedOutbox, plan: UplinkPlan): Promise<MeasuredUplink['backlog']> {
  const startMs = performance.now();
  const before = outbox.received;
  while (outbox.received < plan.backlog) {
    plan.onProgress(`sending hits that waited: ${outbox.received} of ${plan.backlog}`);
    await pause(20);
  }
  const seconds = (performance.now() - startMs) / 1000;
  return { hits: plan.backlog, receivedPerSecond: (plan.backlog - before) / seconds };
}

async function playPaced(
  outbox: TimedOutbox,
  hits: BenchHits,
  plan: UplinkPlan,
): Promise<Omit<MeasuredUplink, 'backlog'>> {
  const count = plan.hitsPerSecond * plan.seconds;
  const before = outbox.received;
  const appendMs: number[] = [];
  const startMs = performance.now();
  for (let made = 0; made < count; made += 1) {
    const { hit, sealed } = await hits.next(true);
    await pause(startMs + (made * 1000) / plan.hitsPerSecond - performance.now());
    const writtenMs = performance.now();
    outbox.writtenMs.set(hit.id, writtenMs);
    outbox.append(hit, sealed.pictures, sealed.body);
    appendMs.push(performance.now() - writtenMs);
    if (made % plan.hitsPerSecond === 0) plan.onProgress(`${plan.hitsPerSecond} hits a second: ${made} of ${count}`);
  }
  while (outbox.received - before < count) await pause(1);
  const seconds = (performance.now() - startMs) / 1000;
  const picturesFromMs = performance.now();
  while (outbox.counts().picturesWaiting > 0) {
    plan.onProgress(`pictures after the last hit: ${outbox.counts().picturesWaiting} wait`);
    await pause(20);
  }
  return {
    paced: { hits: count, seconds, receivedPerSecond: count / seconds },
    toReceipt: spreadOf(outbox.toReceiptMs),
    append: spreadOf(appendMs),
    picturesAfterSeconds: (performance.now() - picturesFromMs) / 1000,
  };
}
