import { type Log, silentLog } from '../../config/foundation/log.ts';
import type { Service } from '../../config/foundation/service.ts';
import { uuidV7 } from '../../config/foundation/uuid-v7.ts';
import type { BrokerLink, BrokerMessage } from '../broker/broker-link.ts';
import { topics } from '../broker/topics.ts';
import { encodeMessage, identifier, messageId, parseMessage } from '../uplink/cloud-event.ts';
import {
  type EvidenceKind,
  evidenceKinds,
  type Hit,
  hitSchema,
  maxEvidenceBytes,
  maxHitBytes,
  type Receipt,
  receiptType,
} from '../uplink/hit.ts';
import type { HitStore } from './hit-store.ts';

export interface ReceivedPicture {
  readonly hit: Hit;
  readonly kind: EvidenceKind;
  readonly jpeg: Uint8Array;
}

export interface ReceiverOptions {
  readonly link: BrokerLink;
  readonly store: HitStore;
  /** Called once for each hit and each picture, in the order of arrival, after it was stored; the next waits for it. */
  readonly onHit?: ((hit: Hit) => void | Promise<void>) | undefined;
  readonly onPicture?: ((picture: ReceivedPicture) => void | Promise<void>) | undefined;
  readonly log?: Log | undefined;
  readonly nowMs?: (() => number) | undefined;
}

export interface ReceiverCounts {
  readonly hits: number;
  readonly duplicates: number;
  readonly conflicts: number;
  readonly pictures: number;
  readonly picturesRefused: number;
  readonly rejected: number;
  /** Left unanswered for want of room in memory or on disk; the nodes send them again. */
  readonly putOff: number;
}

/** What waits to be stored, at most; more is left to the nodes, which send again. */
const queueBytes = 64 * 1024 * 1024;

/**
 * Takes hits and pictures from every node. Invariant: a receipt is sent only after what it confirms is stored;
 * a message that could not be stored, or was no hit at all, gets none and comes again or is ignored.
 */
export class Receiver implements Service {
  readonly name = 'receiver';
  readonly #options: ReceiverOptions;
  readonly #log: Log;
  readonly #counts = {
    hits: 0,
    duplicates: 0,
    conflicts: 0,
    pictures: 0,
    picturesRefused: 0,
    rejected: 0,
    putOff: 0,
  };
  #queue: Promise<void> = Promise.resolve();
  #queuedBytes = 0;
  #break: (error: unknown) => void = () => undefined;
  /** Rejects with the first unexpected failure, which ends run(): a store that misbehaves must not go unnoticed. */
  readonly #broken = new Promise<never>((_, reject) => {
    this.#break = reject;
  });

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
  }

  counts(): ReceiverCounts {
    return { ...this.#counts };
  }

  async run(signal: AbortSignal): Promise<void> {
    const { link } = this.#options;
    const close = [
      link.subscribe(topics.allHits, (message) => this.#enqueue(message, () => this.#takeHit(message))),
      link.subscribe(topics.allEvidence, (message) => this.#enqueue(message, () => this.#takePicture(message))),
      link.onConnected(() => void link.publish(topics.centreReady, new Uint8Array(), { qos: 0, deadlineMs: 5_000 })),
    ];
    const aborted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([aborted, this.#broken]);
    for (const leave of close) leave();
    await this.#queue;
  }

  /** One after the other, so that a picture finds the hit that came before it. */
  #enqueue(message: BrokerMessage, take: () => Promise<void>): void {
    const bytes = message.payload.byteLength;
    if (this.#queuedBytes + bytes > queueBytes) {
      this.#counts.putOff += 1;
      return;
    }
    this.#queuedBytes += bytes;
    this.#queue = this.#queue.then(take).then(() => {
      this.#queuedBytes -= bytes;
    }, this.#break);
  }

  async #takeHit(message: BrokerMessage): Promise<void> {
    const hit = parseMessage(hitSchema, message.payload, maxHitBytes);
    // The broker's access rules bind a node to its own topics, so the topic says who speaks.
    if (hit === null || message.topic !== topics.hits(hit.data.node)) return this.#reject('centre/hit-rejected');
    const added = await this.#options.store.addHit(hit, message.payload, this.#nowMs());
    if (added === 'no-room') return this.#putOff(hit.data.node, hit.id);
    this.#counts[added === 'new' ? 'hits' : added === 'duplicate' ? 'duplicates' : 'conflicts'] += 1;
    if (added === 'conflict') this.#log.event('warn', 'centre/hit-conflict', { node: hit.data.node, hit: hit.id });
    this.#sendReceipt(hit.data.node, { hit: hit.id, part: 'hit', outcome: 'stored' });
    if (added === 'new') await this.#options.onHit?.(hit);
  }

  async #takePicture(message: BrokerMessage): Promise<void> {
    const address = readEvidenceTopic(message.topic);
    if (address === null || message.payload.byteLength > maxEvidenceBytes)
      return this.#reject('centre/picture-rejected');
    const { node, hitId, kind } = address;
    const added = await this.#options.store.addPicture(node, hitId, kind, message.payload);
    if (added === 'no-room') return this.#putOff(node, hitId);
    const stored = added === 'new' || added === 'duplicate';
    this.#counts[stored ? 'pictures' : 'picturesRefused'] += added === 'duplicate' ? 0 : 1;
    if (!stored) this.#log.event('warn', 'centre/picture-refused', { node, hit: hitId, reason: added });
    this.#sendReceipt(node, { hit: hitId, part: kind, outcome: stored ? 'stored' : 'refused' });
    if (added !== 'new') return;
    const hit = (await this.#options.store.hit(hitId))?.hit;
    if (hit) await this.#options.onPicture?.({ hit, kind, jpeg: message.payload });
  }

  /** A receipt that gets lost costs one resend: it is not worth waiting for. */
  #sendReceipt(node: string, data: Receipt['data']): void {
    const nowMs = this.#nowMs();
    const receipt: Receipt = {
      specversion: '1.0',
      id: uuidV7(nowMs),
      source: '/centre',
      type: receiptType,
      time: new Date(nowMs).toISOString(),
      datacontenttype: 'application/json',
      data,
    };
    void this.#options.link.publish(topics.receipts(node), encodeMessage(receipt), { qos: 1, deadlineMs: 10_000 });
  }

  #putOff(node: string, hit: string): void {
    this.#counts.putOff += 1;
    this.#log.event('error', 'centre/disk-full', { node, hit });
  }

  #reject(event: string): void {
    this.#counts.rejected += 1;
    this.#log.event('warn', event);
  }

  #nowMs(): number {
    return (this.#options.nowMs ?? Date.now)();
  }
}

function readEvidenceTopic(
  topic: string,
): { readonly node: string; readonly hitId: string; readonly kind: EvidenceKind } | null {
  const [, , , node, , hitId, kindText] = topic.split('/');
  const kind = evidenceKinds.find((one) => one === kindText);
  if (!identifier.safeParse(node).success || !messageId.safeParse(hitId).success || !kind) return null;
  return node === undefined || hitId === undefined ? null : { node, hitId, kind };
}
