import { type Log, silentLog } from '../../config/foundation/log.ts';
import type { Service } from '../../config/foundation/service.ts';
import type { BrokerLink, BrokerMessage, PublishOutcome } from '../broker/broker-link.ts';
import { slowestTransferMs } from '../broker/slowest-link.ts';
import { topics } from '../broker/topics.ts';
import { AwaitedRecipients } from './awaited-recipients.ts';
import { Bell } from './bell.ts';
import type { Outbox } from './outbox.ts';
import { messageKey, ReceiptTaker } from './receipt-taker.ts';
import { type ResendPace, ResendSchedule } from './resend-schedule.ts';

export interface PublisherOptions {
  readonly node: string;
  readonly link: BrokerLink;
  readonly outbox: Outbox;
  readonly log?: Log | undefined;
  /** Whose key a thumbprint names; without it each key stands for a recipient of its own. */
  readonly holderOf?: ((print: string) => string) | undefined;
  readonly hitPace?: ResendPace | undefined;
  readonly picturePace?: ResendPace | undefined;
  /** Deadline of one publication at the broker, beside what its bytes and those before it take on the slowest link. */
  readonly publishDeadlineMs?: number | undefined;
  readonly slowestBytesPerSecond?: number | undefined;
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

interface Sending {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly schedule: ResendSchedule;
}

const hitPace: ResendPace = { firstMs: 10_000, longestMs: 600_000, window: 32, windowUnanswered: 2 };
const picturePace: ResendPace = { firstMs: 20_000, longestMs: 600_000, window: 4, windowUnanswered: 1 };
/** Publications that the broker has not acknowledged yet; more of them would only queue in the socket. */
const hitsInFlight = 16;

/**
 * Sends what the outbox holds until the centre has it: hits by urgency, then age; a picture only when no hit can be sent.
 * The broker's acknowledgement paces the sending and means nothing else; only receipts of all its recipients remove a hit. Its
 * pictures are sent to those who have it, without waiting for the others.
 */
export class Publisher implements Service {
  readonly name = 'uplink';
  readonly #options: PublisherOptions;
  readonly #log: Log;
  readonly #bell = new Bell();
  readonly #hitPace: ResendPace;
  readonly #hits: ResendSchedule;
  readonly #pictures: ResendSchedule;
  readonly #awaited: AwaitedRecipients;
  readonly #receipts: ReceiptTaker;
  readonly #sending = new Set<Promise<void>>();
  /** The bytes of what is with the broker link, by key: on a thin link it may be there for minutes, and once is enough. */
  readonly #underWay = new Map<string, number>();
  #hitsInFlight = 0;
  #picturesInFlight = 0;
  #sent = 0;
  #unsent = 0;
  #deafUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
    this.#awaited = new AwaitedRecipients(options.holderOf);
    this.#hitPace = options.hitPace ?? hitPace;
    this.#hits = new ResendSchedule(this.#hitPace);
    this.#pictures = new ResendSchedule(options.picturePace ?? picturePace);
    const [awaited, hits, pictures] = [this.#awaited, this.#hits, this.#pictures];
    this.#receipts = new ReceiptTaker({ outbox: options.outbox, awaited, hits, pictures });
  }

  counts(): PublisherCounts {
    return {
      sent: this.#sent,
      resentOrRefused: this.#unsent,
      receiptsIgnored: this.#receipts.ignored,
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
      this.#receipts.takeAll();
      const waitMs = link.connected ? this.#sendWhatIsDue() : Number.POSITIVE_INFINITY;
      await this.#bell.wait(Math.min(waitMs, outbox.tend()), signal);
      // What else the network has brought in this turn is heard first, so that its receipts share one transaction.
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const leave of close) leave();
    this.#receipts.takeAll();
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
    const hit = this.#options.outbox.firstHit((id) => !this.#underWay.has(id) && this.#hits.isDue(id, nowMs));
    if (hit === null) return false;
    this.#hits.markSent(hit.id, nowMs);
    this.#awaited.sent(hit.id, hit.body);
    this.#hitsInFlight += 1;
    this.#send(hit.id, { topic: topics.hits(this.#options.node), payload: hit.body, schedule: this.#hits }, () => {
      this.#hitsInFlight -= 1;
    });
    return true;
  }

  /** One at a time: a hit that is made now must not wait behind a heap of pictures in the socket. */
  #sendPicture(nowMs: number): void {
    if (this.#picturesInFlight > 0 || !this.#pictures.hasRoom(nowMs)) return;
    const picture = this.#options.outbox.firstPicture(({ hitId, kind, hitWaits }) => {
      const key = messageKey(hitId, kind);
      if (!this.#pictures.isDue(key, nowMs)) return false;
      // Whoever does not have the hit yet would refuse the picture: it comes again with the hit.
      return hitWaits === 0 || this.#awaited.lackedByHolders(hitId, key);
    });
    if (picture === null) return;
    const key = messageKey(picture.hitId, picture.kind);
    this.#pictures.markSent(key, nowMs);
    this.#awaited.sent(key, picture.jpeg);
    this.#picturesInFlight += 1;
    const topic = topics.evidence(this.#options.node, picture.hitId, picture.kind);
    this.#send(key, { topic, payload: picture.jpeg, schedule: this.#pictures }, () => {
      this.#picturesInFlight -= 1;
    });
  }

  #send(key: string, { topic, payload, schedule }: Sending, done: () => void): void {
    this.#underWay.set(key, payload.byteLength);
    const deadlineMs = this.#deadlineMs();
    const sending = this.#options.link.publish(topic, payload, { qos: 1, deadlineMs }).then((outcome) => {
      this.#sending.delete(sending);
      this.#underWay.delete(key);
      done();
      if (outcome === 'acknowledged') schedule.arrived(key, this.#nowMs());
      this.#noteOutcome(outcome);
      this.#bell.ring();
    });
    this.#sending.add(sending);
  }

  /** One after the other through the same line: what is sent now waits behind everything that is under way. */
  #deadlineMs(): number {
    const bytes = [...this.#underWay.values()].reduce((sum, one) => sum + one, 0);
    const { publishDeadlineMs = 15_000, slowestBytesPerSecond } = this.#options;
    return publishDeadlineMs + slowestTransferMs(bytes, slowestBytesPerSecond);
  }

  /** Without the broker's acknowledgement the message stays due at its next turn, or at the next connection. */
  #noteOutcome(outcome: PublishOutcome): void {
    if (outcome === 'acknowledged') this.#sent += 1;
    else this.#unsent += 1;
    if (outcome === 'refused') this.#log.event('error', 'uplink/message-refused');
  }

  #onReceipt(message: BrokerMessage): void {
    if (this.#receipts.hear(message)) this.#bell.ring();
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
    for (const schedule of [this.#hits, this.#pictures]) schedule.hurry((key) => this.#underWay.has(key));
    this.#bell.ring();
  }

  #nowMs(): number {
    return (this.#options.monotonicMs ?? performance.now.bind(performance))();
  }
}
