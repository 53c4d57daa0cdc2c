import { type Log, silentLog } from '../../config/foundation/log.ts';
import type { Service } from '../../config/foundation/service.ts';
import type { BrokerLink, BrokerMessage, PublishOutcome } from '../broker/broker-link.ts';
import { topics } from '../broker/topics.ts';
import { AwaitedRecipients } from './awaited-recipients.ts';
import { Bell } from './bell.ts';
import { parseMessage } from './cloud-event.ts';
import { maxReceiptBytes, type Receipt, receiptSchema } from './hit.ts';
import type { Outbox } from './outbox.ts';
import { type ResendPace, ResendSchedule } from './resend-schedule.ts';

export interface PublisherOptions {
  readonly node: string;
  readonly link: BrokerLink;
  readonly outbox: Outbox;
  readonly log?: Log | undefined;
  readonly hitPace?: ResendPace | undefined;
  readonly picturePace?: ResendPace | undefined;
  /** Deadline of one publication at the broker. */
  readonly publishDeadlineMs?: number | undefined;
  /** Milliseconds that never jump. */
  readonly monotonicMs?: (() => number) | undefined;
}

export interface PublisherCounts {
  readonly sent: number;
  readonly resentOrRefused: number;
  readonly receiptsIgnored: number;
  /** Hits that the broker has and the centre has not confirmed. */
  readonly unanswered: number;
}

const hitPace: ResendPace = { firstMs: 10_000, longestMs: 600_000, window: 32, windowUnanswered: 2 };
const picturePace: ResendPace = { firstMs: 20_000, longestMs: 600_000, window: 4, windowUnanswered: 1 };
/** Publications that the broker has not acknowledged yet; more of them would only queue in the socket. */
const hitsInFlight = 16;

/**
 * Sends what the outbox holds until the centre has it: hits by urgency, then age; a picture only when no hit can be sent.
 * The broker's acknowledgement paces the sending and means nothing else; only a receipt removes a hit.
 */
export class Publisher implements Service {
  readonly name = 'uplink';
  readonly #options: PublisherOptions;
  readonly #log: Log;
  readonly #bell = new Bell();
  readonly #hitPace: ResendPace;
  readonly #hits: ResendSchedule;
  readonly #pictures: ResendSchedule;
  readonly #awaited = new AwaitedRecipients();
  readonly #sending = new Set<Promise<void>>();
  /** Said by the centre and not yet taken by the outbox; bounded by what one turn of the loop reads. */
  #receipts: Receipt['data'][] = [];
  #hitsInFlight = 0;
  #picturesInFlight = 0;
  #sent = 0;
  #unsent = 0;
  #receiptsIgnored = 0;
  #deafUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
    this.#hitPace = options.hitPace ?? hitPace;
    this.#hits = new ResendSchedule(this.#hitPace);
    this.#pictures = new ResendSchedule(options.picturePace ?? picturePace);
  }

  counts(): PublisherCounts {
    return {
      sent: this.#sent,
      resentOrRefused: this.#unsent,
      receiptsIgnored: this.#receiptsIgnored,
      unanswered: this.#hits.unanswered,
    };
  }

  async run(signal: AbortSignal): Promise<void> {
    const { link, outbox, node } = this.#options;
    const close = [
      outbox.onAppended(() => this.#bell.ring()),
      link.subscribe(topics.receipts(node), (message) => this.#onReceipt(message)),
      link.subscribe(topics.centreReady, () => this.#centreIsReady()),
      link.onConnected(() => this.#startOver()),
    ];
    while (!signal.aborted) {
      this.#takeReceipts();
      const waitMs = link.connected ? this.#sendWhatIsDue() : Number.POSITIVE_INFINITY;
      await this.#bell.wait(Math.min(waitMs, outbox.tend()), signal);
      // What else the network has brought in this turn is heard first, so that its receipts share one transaction.
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const leave of close) leave();
    this.#takeReceipts();
    await Promise.all(this.#sending);
  }

  /** Returns how long there is nothing more to send. */
  #sendWhatIsDue(): number {
    const nowMs = this.#nowMs();
    while (this.#sendHit(nowMs));
    if (this.#hitsInFlight === 0 && this.#hits.hasRoom(nowMs)) this.#sendPicture(nowMs);
    return Math.min(this.#hits.nextDueMs(nowMs), this.#pictures.nextDueMs(nowMs)) - nowMs;
  }

  #sendHit(nowMs: number): boolean {
    if (this.#hitsInFlight >= hitsInFlight || !this.#hits.hasRoom(nowMs)) return false;
    const hit = this.#options.outbox.firstHit((id) => this.#hits.isDue(id, nowMs));
    if (hit === null) return false;
    this.#hits.markSent(hit.id, nowMs);
    this.#awaited.sent(hit.id, hit.body);
    this.#hitsInFlight += 1;
    this.#send(topics.hits(this.#options.node), hit.body, (outcome) => {
      this.#hitsInFlight -= 1;
      this.#noteOutcome(outcome);
    });
    return true;
  }

  /** One at a time: a hit that is made now must not wait behind a heap of pictures in the socket. */
  #sendPicture(nowMs: number): void {
    if (this.#picturesInFlight > 0 || !this.#pictures.hasRoom(nowMs)) return;
    const key = (hitId: string, kind: string): string => `${hitId}/${kind}`;
    const picture = this.#options.outbox.firstPicture((one) => this.#pictures.isDue(key(one.hitId, one.kind), nowMs));
    if (picture === null) return;
    this.#pictures.markSent(key(picture.hitId, picture.kind), nowMs);
    this.#awaited.sent(key(picture.hitId, picture.kind), picture.jpeg);
    this.#picturesInFlight += 1;
    this.#send(topics.evidence(this.#options.node, picture.hitId, picture.kind), picture.jpeg, (outcome) => {
      this.#picturesInFlight -= 1;
      this.#noteOutcome(outcome);
    });
  }

  #send(topic: string, payload: Uint8Array, done: (outcome: PublishOutcome) => void): void {
    const deadlineMs = this.#options.publishDeadlineMs ?? 15_000;
    const sending = this.#options.link.publish(topic, payload, { qos: 1, deadlineMs }).then((outcome) => {
      this.#sending.delete(sending);
      done(outcome);
      this.#bell.ring();
    });
    this.#sending.add(sending);
  }

  /** Without the broker's acknowledgement the message stays due at its next turn, or at the next connection. */
  #noteOutcome(outcome: PublishOutcome): void {
    if (outcome === 'acknowledged') this.#sent += 1;
    else this.#unsent += 1;
    if (outcome === 'refused') this.#log.event('error', 'uplink/message-refused');
  }

  #onReceipt(message: BrokerMessage): void {
    const receipt = parseMessage(receiptSchema, message.payload, maxReceiptBytes)?.data;
    if (!receipt) {
      this.#receiptsIgnored += 1;
      return;
    }
    this.#receipts.push(receipt);
    this.#bell.ring();
  }

  #takeReceipts(): void {
    if (this.#receipts.length === 0) return;
    // A hit or picture leaves the outbox once all its recipients have it.
    const receipts = this.#receipts.filter(({ hit, part, recipients }) =>
      this.#awaited.isLast(part === 'hit' ? hit : `${hit}/${part}`, recipients),
    );
    this.#receipts = [];
    if (receipts.length === 0) return;
    const taken = this.#options.outbox.receiveAll(receipts);
    for (const [index, receipt] of receipts.entries()) {
      if (taken[index]) this.#settle(receipt);
      else this.#receiptsIgnored += 1;
    }
  }

  #settle({ hit, part, outcome }: Receipt['data']): void {
    if (part === 'hit') this.#hits.settle(hit);
    else this.#pictures.settle(`${hit}/${part}`);
    // Without the hit's id: it is not known here whether a discreet check was asked for, and of such a hit the node's log tells nothing.
    if (outcome === 'refused') this.#log.event('warn', 'uplink/picture-refused', { part });
  }

  /** A centre that was away is back: do not wait out the longest pause. Heeded once a pause, whoever may be calling. */
  #centreIsReady(): void {
    const nowMs = this.#nowMs();
    if (nowMs < this.#deafUntilMs) return;
    this.#deafUntilMs = nowMs + this.#hitPace.firstMs;
    this.#startOver();
  }

  /** A new connection knows nothing of what the last one carried, nor whether its receipts got lost. */
  #startOver(): void {
    this.#hits.hurry();
    this.#pictures.hurry();
    this.#bell.ring();
  }

  #nowMs(): number {
    return (this.#options.monotonicMs ?? performance.now.bind(performance))();
  }
}
