import { type Log, silentLog } from '../../config/foundation/log.ts';
import type { Service } from '../../config/foundation/service.ts';
import type { BrokerLink, BrokerMessage } from '../broker/broker-link.ts';
import { sharedFilter } from '../broker/topic-filter.ts';
import { topics } from '../broker/topics.ts';
import { identifier, messageId, parseMessage } from '../uplink/cloud-event.ts';
import {
  type EvidenceKind,
  evidenceKinds,
  type Hit,
  hitSchema,
  maxEvidenceBytes,
  maxHitBytes,
  type Withdrawn,
  withdrawnSchema,
} from '../uplink/hit.ts';
import type { ArrivedHit, HitStore, StoreTrouble } from './hit-store.ts';
import { sendReceipt } from './receipts.ts';
import { type HitOpener, type HitRefusal, type OpenedEvent, openUnsigned } from './verification/hit-opener.ts';

export interface ReceivedPicture {
  readonly hit: Hit;
  readonly kind: EvidenceKind;
  readonly jpeg: Uint8Array;
}

export interface ReceiverOptions {
  readonly link: BrokerLink;
  readonly store: HitStore;
  /** Verifies and opens what nodes send. */
  readonly opener?: HitOpener | undefined;
  /** Name of the group whose members share the nodes' messages; without one this receiver takes them all. */
  readonly share?: string | undefined;
  /** Called once for each hit, withdrawal and picture, after it was stored; the next waits for it. */
  readonly onHit?: ((hit: Hit) => void | Promise<void>) | undefined;
  readonly onWithdrawn?: ((withdrawn: Withdrawn) => void | Promise<void>) | undefined;
  readonly onPicture?: ((picture: ReceivedPicture) => void | Promise<void>) | undefined;
  readonly log?: Log | undefined;
  readonly nowMs?: (() => number) | undefined;
}

const noCounts = {
  hits: 0,
  duplicates: 0,
  conflicts: 0,
  withdrawn: 0,
  pictures: 0,
  picturesRefused: 0,
  rejected: 0,
  /** Sealed to others, or named others. */
  notForUs: 0,
  /** Left unanswered for want of room or of a store that answers; the nodes send them again. */
  putOff: 0,
};
export type ReceiverCounts = Readonly<typeof noCounts>;

/** What waits to be stored, at most; more is left to the nodes, which send again. */
const queueBytes = 64 * 1024 * 1024;
/** Hits that are stored in one transaction: what has arrived meanwhile, up to so many. */
const batchHits = 256;

type SaidHit = ArrivedHit & Pick<OpenedEvent, 'openedFor'>;
type SaidWithdrawal = { readonly withdrawn: Withdrawn } & Pick<OpenedEvent, 'openedFor' | 'unaddressed'>;
type Said = SaidHit | SaidWithdrawal | { readonly refused: HitRefusal };

interface Waiting {
  readonly kind: 'hit' | 'picture';
  readonly message: BrokerMessage;
}

/**
 * Takes hits and pictures from every node. Invariant: a receipt is sent only after what it confirms is stored;
 * a message that could not be stored, or was no hit at all, gets none and comes again or is ignored.
 */
export class Receiver implements Service {
  readonly name = 'receiver';
  readonly #options: ReceiverOptions;
  readonly #log: Log;
  readonly #opener: HitOpener;
  readonly #counts = { ...noCounts };
  readonly #waiting: Waiting[] = [];
  #working: Promise<void> | null = null;
  #queuedBytes = 0;
  #trouble: StoreTrouble | null = null;
  #break: (error: unknown) => void = () => undefined;
  /** Rejects with the first unexpected failure, which ends run(): a store that misbehaves must not go unnoticed. */
  readonly #broken = new Promise<never>((_, reject) => {
    this.#break = reject;
  });

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
    this.#opener = options.opener ?? openUnsigned;
  }

  counts(): ReceiverCounts {
    return { ...this.#counts };
  }

  async run(signal: AbortSignal): Promise<void> {
    const { link, share } = this.#options;
    const filter = (topic: string): string => (share === undefined ? topic : sharedFilter(share, topic));
    const close = [
      link.subscribe(filter(topics.allHits), (message) => this.#enqueue({ kind: 'hit', message })),
      link.subscribe(filter(topics.allEvidence), (message) => this.#enqueue({ kind: 'picture', message })),
      link.onConnected(() => void link.publish(topics.centreReady, new Uint8Array(), { qos: 0, deadlineMs: 5_000 })),
    ];
    const aborted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([aborted, this.#broken]);
    for (const leave of close) leave();
    await this.#working;
  }

  #enqueue(waiting: Waiting): void {
    const bytes = waiting.message.payload.byteLength;
    if (this.#queuedBytes + bytes > queueBytes) {
      this.#counts.putOff += 1;
      return;
    }
    this.#queuedBytes += bytes;
    this.#waiting.push(waiting);
    this.#working ??= this.#work().then(() => {
      this.#working = null;
    }, this.#break);
  }

  /** In the order of arrival, so that a picture finds the hit that came before it; hits that follow each other go together. */
  async #work(): Promise<void> {
    for (let batch = this.#nextBatch(); batch[0] !== undefined; batch = this.#nextBatch()) {
      const messages = batch.map(({ message }) => message);
      if (batch[0].kind === 'hit') await this.#takeHits(messages);
      else for (const message of messages) await this.#takePicture(message);
      for (const { payload } of messages) this.#queuedBytes -= payload.byteLength;
    }
  }

  #nextBatch(): readonly Waiting[] {
    const kind = this.#waiting[0]?.kind;
    const end = this.#waiting.findIndex((one) => one.kind !== kind);
    return this.#waiting.splice(0, Math.min(batchHits, end < 0 ? this.#waiting.length : end));
  }

  async #takeHits(messages: readonly BrokerMessage[]): Promise<void> {
    const hits: SaidHit[] = [];
    const withdrawals: SaidWithdrawal[] = [];
    for (const said of await Promise.all(messages.map((message) => this.#saidIn(message)))) {
      if ('hit' in said) hits.push(said);
      else if ('withdrawn' in said) withdrawals.push(said);
      else if (said.refused === 'not-for-us') this.#leaveToOthers();
      else this.#reject('centre/hit-rejected', said.refused);
    }
    await this.#storeHits(hits);
    for (const withdrawn of withdrawals) await this.#takeBack(withdrawn);
  }

  /** The broker's access rules bind a node to its own topics, so the topic says who speaks. */
  async #saidIn(message: BrokerMessage): Promise<Said> {
    const opened = await this.#opener.event(message);
    if ('refused' in opened) return opened;
    const hit = parseMessage(hitSchema, opened.body, maxHitBytes);
    const withdrawn = hit ? null : parseMessage(withdrawnSchema, opened.body, maxHitBytes);
    const node = (hit ?? withdrawn)?.data.node;
    if (node === undefined) return { refused: 'malformed' };
    if (message.topic !== topics.hits(node)) return { refused: 'wrong-topic' };
    const { openedFor, unaddressed } = opened;
    if (withdrawn) return { withdrawn, openedFor, unaddressed };
    return hit
      ? { hit, body: opened.signed === null ? message.payload : Buffer.from(opened.signed), openedFor }
      : { refused: 'malformed' };
  }

  async #storeHits(arrivals: readonly SaidHit[]): Promise<void> {
    if (arrivals.length === 0) return;
    const outcomes = await this.#options.store.addHits(arrivals, this.#nowMs());
    const fresh: Hit[] = [];
    for (const [index, { hit, openedFor }] of arrivals.entries()) {
      const added = outcomes[index] ?? 'unavailable';
      const { node } = hit.data;
      if (added === 'no-room' || added === 'unavailable') {
        this.#putOff(added, node, hit.id);
        continue;
      }
      this.#trouble = null;
      this.#counts[added === 'new' ? 'hits' : added === 'duplicate' ? 'duplicates' : 'conflicts'] += 1;
      if (added === 'conflict') this.#log.event('warn', 'centre/hit-conflict', { node, hit: hit.id });
      sendReceipt(
        this.#options.link,
        node,
        { hit: hit.id, part: 'hit', outcome: 'stored', recipients: openedFor && [...openedFor] },
        this.#nowMs(),
      );
      if (added === 'new') fresh.push(hit);
    }
    for (const hit of fresh) await this.#options.onHit?.(hit);
  }

  /** Its receipt names the withdrawal's own id: a node keeps it in its outbox as it keeps a hit. */
  async #takeBack({ withdrawn, openedFor, unaddressed }: SaidWithdrawal): Promise<void> {
    const { node } = withdrawn.data;
    const added = await this.#options.store.withdraw(withdrawn, this.#nowMs(), { ofKnownHit: unaddressed });
    if (added === 'no-room' || added === 'unavailable') return this.#putOff(added, node, withdrawn.id);
    if (added === 'unknown-hit') return this.#leaveToOthers();
    sendReceipt(
      this.#options.link,
      node,
      { hit: withdrawn.id, part: 'hit', outcome: 'stored', recipients: openedFor && [...openedFor] },
      this.#nowMs(),
    );
    if (added === 'duplicate') return;
    this.#counts.withdrawn += 1;
    await this.#options.onWithdrawn?.(withdrawn);
  }

  async #takePicture(message: BrokerMessage): Promise<void> {
    const address = readEvidenceTopic(message.topic);
    if (address === null) return this.#reject('centre/picture-rejected', 'wrong-topic');
    const opened = await this.#opener.picture(message.payload);
    if ('refused' in opened && opened.refused === 'not-for-us') return;
    const { node, hitId, kind } = address;
    if ('refused' in opened) return this.#refusePicture(address, opened.refused, opened.sealedFor);
    const { jpeg, openedFor, unaddressed } = opened;
    if (jpeg.byteLength > maxEvidenceBytes) return this.#refusePicture(address, 'malformed', openedFor);
    const added = await this.#options.store.addPicture(node, hitId, kind, jpeg);
    if (added === 'no-room' || added === 'unavailable') return this.#putOff(added, node, hitId);
    if (added === 'unknown-hit' && unaddressed) return this.#leaveToOthers();
    const stored = added === 'new' || added === 'duplicate';
    this.#counts[stored ? 'pictures' : 'picturesRefused'] += added === 'duplicate' ? 0 : 1;
    if (!stored) this.#log.event('warn', 'centre/picture-refused', { node, hit: hitId, reason: added });
    const outcome = stored ? 'stored' : 'refused';
    sendReceipt(
      this.#options.link,
      node,
      { hit: hitId, part: kind, outcome, recipients: openedFor && [...openedFor] },
      this.#nowMs(),
    );
    if (added !== 'new') return;
    const hit = (await this.#options.store.hit(hitId))?.hit;
    if (hit) await this.#options.onPicture?.({ hit, kind, jpeg });
  }

  /** It is the same at every resend: without an answer its node would send it for ever. */
  #refusePicture({ node, hitId, kind }: PictureAddress, reason: string, sealedFor?: readonly string[]): void {
    this.#counts.picturesRefused += 1;
    this.#log.event('warn', 'centre/picture-refused', { node, hit: hitId, reason });
    const recipients = sealedFor && [...sealedFor];
    sendReceipt(this.#options.link, node, { hit: hitId, part: kind, outcome: 'refused', recipients }, this.#nowMs());
  }

  /** No receipt: any would take it out of its node. */
  #leaveToOthers(): void {
    this.#counts.notForUs += 1;
  }

  #putOff(trouble: StoreTrouble, node: string, hit: string): void {
    this.#counts.putOff += 1;
    // Said once until the store takes something again: in trouble, every hit of every node comes again and again.
    if (this.#trouble === trouble) return;
    this.#trouble = trouble;
    this.#log.event('error', trouble === 'no-room' ? 'centre/disk-full' : 'centre/store-unreachable', { node, hit });
  }

  #reject(event: string, reason: string): void {
    this.#counts.rejected += 1;
    this.#log.event('warn', event, { reason });
  }

  #nowMs(): number {
    return (this.#options.nowMs ?? Date.now)();
  }
}

interface PictureAddress {
  readonly node: string;
  readonly hitId: string;
  readonly kind: EvidenceKind;
}

function readEvidenceTopic(topic: string): PictureAddress | null {
  const [, , , node, , hitId, kindText] = topic.split('/');
  const kind = evidenceKinds.find((one) => one === kindText);
  if (!identifier.safeParse(node).success || !messageId.safeParse(hitId).success || !kind) return null;
  return node === undefined || hitId === undefined ? null : { node, hitId, kind };
}
