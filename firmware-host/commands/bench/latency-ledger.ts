import { Buffer } from 'node:buffer';
import { z } from 'zod';
import { parseMessage } from '../../../sync/uplink/cloud-event.ts';
import { maxReceiptBytes, receiptSchema } from '../../../sync/uplink/hit.ts';
import { maxEnvelopeBytes, signedEnvelopeSchema } from '../../../sync/uplink/hit-envelope.ts';
import type { DecidedPassage } from '../../node/open-node.ts';

/** The way of one hit, in milliseconds: the parts together are the whole. */
export interface HitWay {
  readonly total: number;
  /** From the camera's sending of the decisive frame until the passage was decided. */
  readonly decide: number;
  /** Until the hit was made: to the supervisor, matched, its pictures fetched. */
  readonly make: number;
  /** Until the broker gave it on: signed, on disk, sent. */
  readonly send: number;
  /** Until the centre's receipt was here: verified, on the centre's disk. */
  readonly confirm: number;
  /** False when the vehicle left before its text was sure: it was decided when it did not come back. */
  readonly inSight: boolean;
}

const seenSchema = z.object({
  id: z.string(),
  time: z.iso.datetime(),
  data: z.object({ observation: z.object({ camera: z.string(), lastSeen: z.iso.datetime() }) }),
});

/**
 * Puts together what was seen of each hit: the frame at the camera, the decision in the node, the hit and the receipt at the
 * broker. Invariant: a hit without a receipt is counted, never left out in silence.
 */
export class LatencyLedger {
  readonly #closeAfterMs: number;
  readonly #decided = new Map<string, number>();
  readonly #hits = new Map<string, { readonly payload: Uint8Array; readonly atMs: number }>();
  readonly #receipts = new Map<string, number>();

  constructor(closeAfterMs: number) {
    this.#closeAfterMs = closeAfterMs;
  }

  get confirmed(): number {
    return this.#receipts.size;
  }

  decided({ camera, lastSeenMs, decidedMs }: DecidedPassage): void {
    this.#decided.set(`${camera} ${lastSeenMs}`, decidedMs);
  }

  /** Kept as it came: it is opened when the measuring is over. */
  hitAtBroker(payload: Uint8Array, atMs: number): void {
    this.#hits.set(`${this.#hits.size}`, { payload: Uint8Array.from(payload), atMs });
  }

  receipt(payload: Uint8Array, atMs: number): void {
    const data = parseMessage(receiptSchema, payload, maxReceiptBytes)?.data;
    if (data?.part === 'hit' && !this.#receipts.has(data.hit)) this.#receipts.set(data.hit, atMs);
  }

  /** The ways of the hits whose frame was sent between these times; `sentMs` gives each camera's frames, in order. */
  ways(
    sentMs: ReadonlyMap<string, readonly number[]>,
    { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  ): { readonly ways: readonly HitWay[]; readonly unconfirmed: number } {
    const ways: HitWay[] = [];
    const seen = new Set<string>();
    let unconfirmed = 0;
    for (const { payload, atMs } of this.#hits.values()) {
      const hit = opened(payload);
      if (hit === null || seen.has(hit.id)) continue;
      seen.add(hit.id);
      const { camera, lastSeen } = hit.data.observation;
      const lastSeenMs = Date.parse(lastSeen);
      const frameMs = latestUntil(sentMs.get(camera) ?? [], lastSeenMs);
      const decidedMs = this.#decided.get(`${camera} ${lastSeenMs}`);
      if (frameMs === null || decidedMs === undefined || frameMs < fromMs || frameMs > toMs) continue;
      const receiptMs = this.#receipts.get(hit.id);
      if (receiptMs === undefined) {
        unconfirmed += 1;
        continue;
      }
      const madeMs = Date.parse(hit.time);
      ways.push({
        total: receiptMs - frameMs,
        decide: decidedMs - frameMs,
        make: madeMs - decidedMs,
        send: atMs - madeMs,
        confirm: receiptMs - atMs,
        inSight: decidedMs - lastSeenMs < this.#closeAfterMs,
      });
    }
    return { ways, unconfirmed };
  }
}

/** The hit inside its signature, which somebody else verifies. */
function opened(payload: Uint8Array): z.infer<typeof seenSchema> | null {
  const jws = parseMessage(signedEnvelopeSchema, payload, maxEnvelopeBytes)?.data.split('.')[1];
  if (jws === undefined) return null;
  return seenSchema.safeParse(JSON.parse(Buffer.from(jws, 'base64url').toString('utf8'))).data ?? null;
}

/** The last of these ascending times that is not after `ms`. */
function latestUntil(times: readonly number[], ms: number): number | null {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= ms) low = middle + 1;
    else high = middle;
  }
  return times[low - 1] ?? null;
}
