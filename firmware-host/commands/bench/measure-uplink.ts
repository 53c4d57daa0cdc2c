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
import { ended, startCentre } from './centre-child.ts';
import { CentreWait } from './centre-wait.ts';
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
    const centreIs = new CentreWait(centre, () => outbox.receipts);
    await centreIs.until(() => outbox.received > 0, 5);
    const stage = { outbox, hits, plan, centreIs };
    const backlog = await drainBacklog(stage);
    return { ...(await playPaced(stage)), backlog };
  } finally {
    stop.abort();
    await Promise.all(running);
    await ended(centre, 'SIGTERM');
    outbox.close();
    await broker.close();
    rmSync(folder, { recursive: true });
  }
}

/** Notes when each hit was written and when its receipt was taken. */
class TimedOutbox extends Outbox {
  readonly writtenMs = new Map<string, number>();
  readonly toReceiptMs: number[] = [];
  /** Hits that the centre has, and everything that it has. */
  received = 0;
  receipts = 0;

  override receiveAll(receipts: readonly Receipt['data'][]): readonly boolean[] {
    const taken = super.receiveAll(receipts);
    const nowMs = performance.now();
    this.receipts += taken.filter(Boolean).length;
    for (const [index, { hit, part }] of receipts.entries()) {
      if (part !== 'hit' || !taken[index]) continue;
      this.received += 1;
      const writtenMs = this.writtenMs.get(hit);
      if (writtenMs !== undefined) this.toReceiptMs.push(nowMs - writtenMs);
    }
    return taken;
  }
}

interface Stage {
  readonly outbox: TimedOutbox;
  readonly hits: BenchHits;
  readonly plan: UplinkPlan;
  readonly centreIs: CentreWait;
}

async function drainBacklog({ outbox, plan, centreIs }: Stage): Promise<MeasuredUplink['backlog']> {
  const startMs = performance.now();
  const before = outbox.received;
  const all = () => {
    plan.onProgress(`sending hits that waited: ${outbox.received} of ${plan.backlog}`);
    return outbox.received >= plan.backlog;
  };
  await centreIs.until(all, 20);
  const seconds = (performance.now() - startMs) / 1000;
  return { hits: plan.backlog, receivedPerSecond: (plan.backlog - before) / seconds };
}

async function playPaced({ outbox, hits, plan, centreIs }: Stage): Promise<Omit<MeasuredUplink, 'backlog'>> {
  const count = plan.hitsPerSecond * plan.seconds;
  const before = outbox.received;
  const appendMs: number[] = [];
  const startMs = performance.now();
  for (let made = 0; made < count; made += 1) {
    centreIs.mustBeThere();
    const { hit, sealed } = await hits.next(true);
    await pause(startMs + (made * 1000) / plan.hitsPerSecond - performance.now());
    const writtenMs = performance.now();
    outbox.writtenMs.set(hit.id, writtenMs);
    outbox.append(hit, sealed.pictures, sealed.body);
    appendMs.push(performance.now() - writtenMs);
    if (made % plan.hitsPerSecond === 0) plan.onProgress(`${plan.hitsPerSecond} hits a second: ${made} of ${count}`);
  }
  await centreIs.until(() => outbox.received - before >= count, 1);
  const seconds = (performance.now() - startMs) / 1000;
  const picturesFromMs = performance.now();
  const none = () => {
    const { picturesWaiting } = outbox.counts();
    if (picturesWaiting > 0) plan.onProgress(`pictures after the last hit: ${picturesWaiting} wait`);
    return picturesWaiting === 0;
  };
  await centreIs.until(none, 20);
  return {
    paced: { hits: count, seconds, receivedPerSecond: count / seconds },
    toReceipt: spreadOf(outbox.toReceiptMs),
    append: spreadOf(appendMs),
    picturesAfterSeconds: (performance.now() - picturesFromMs) / 1000,
  };
}
