import { pause } from '../../../config/foundation/pause.ts';
import type { BrokerLink, BrokerMessage } from '../../broker/broker-link.ts';
import { topics } from '../../broker/topics.ts';
import { parseMessage } from '../../uplink/cloud-event.ts';
import { maxReceiptBytes, receiptSchema } from '../../uplink/hit.ts';
import type { BenchHit } from './bench-hits.ts';

export interface LoadOptions {
  readonly link: BrokerLink;
  readonly hits: readonly BenchHit[];
  readonly perSecond: number;
  /** As nodes do, what was not confirmed is sent again after so long, and then after pauses that double. */
  readonly resendMs: number;
  /** The load gives up so long after the last hit was due. */
  readonly patienceMs: number;
  readonly onProgress?: ((confirmed: number) => void) | undefined;
}

export interface LoadResult {
  readonly confirmed: ReadonlySet<string>;
  readonly resent: number;
  /** From the first hit sent to the last receipt. */
  readonly seconds: number;
  /** From sending a hit for the first time to its first receipt, ascending. */
  readonly latenciesMs: readonly number[];
}

interface Due {
  readonly hit: BenchHit;
  readonly dueMs: number;
  readonly pauseMs: number;
}

const tickMs = 10;

/** Sends hits at an even pace and gathers the centre's receipts, until all are confirmed. */
export async function sendLoad(options: LoadOptions): Promise<LoadResult> {
  const { link, hits, perSecond, resendMs, patienceMs } = options;
  const firstSent = new Map<string, number>();
  const due = new Map<string, Due>();
  const latenciesMs: number[] = [];
  let resent = 0;
  let lastReceiptMs = performance.now();
  const leave = link.subscribe(topics.receipts('+'), (message: BrokerMessage) => {
    const id = parseMessage(receiptSchema, message.payload, maxReceiptBytes)?.data.hit;
    const sentMs = id === undefined ? undefined : firstSent.get(id);
    if (id === undefined || sentMs === undefined || !due.delete(id)) return;
    lastReceiptMs = performance.now();
    latenciesMs.push(lastReceiptMs - sentMs);
  });
  const send = (hit: BenchHit, nowMs: number, pauseMs: number): void => {
    due.set(hit.id, { hit, dueMs: nowMs + pauseMs, pauseMs });
    void link.publish(topics.hits(hit.node), hit.body, { qos: 1, deadlineMs: 30_000 });
  };
  const startMs = performance.now();
  const endMs = startMs + (hits.length / perSecond) * 1_000 + patienceMs;
  let next = 0;
  while (next < hits.length || due.size > 0) {
    const nowMs = performance.now();
    if (nowMs > endMs) break;
    const wanted = Math.min(hits.length, Math.ceil(((nowMs - startMs) / 1_000) * perSecond));
    for (; next < wanted; next += 1) {
      const hit = hits[next];
      if (hit === undefined) continue;
      firstSent.set(hit.id, nowMs);
      send(hit, nowMs, resendMs);
    }
    for (const { hit, pauseMs } of [...due.values()].filter(({ dueMs }) => dueMs <= nowMs)) {
      send(hit, nowMs, pauseMs * 2);
      resent += 1;
    }
    options.onProgress?.(latenciesMs.length);
    await pause(tickMs);
  }
  leave();
  const confirmed = new Set([...firstSent.keys()].filter((id) => !due.has(id)));
  return {
    confirmed,
    resent,
    seconds: (lastReceiptMs - startMs) / 1_000,
    latenciesMs: latenciesMs.sort((a, b) => a - b),
  };
}
