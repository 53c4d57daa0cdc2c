import { type Log, silentLog } from '../../../config/foundation/log.ts';
import type { Service } from '../../../config/foundation/service.ts';
import type { BrokerLink, BrokerMessage } from '../../broker/broker-link.ts';
import { topics } from '../../broker/topics.ts';
import { encodeMessage, parseMessage } from '../../uplink/cloud-event.ts';
import { type Hit, hitSchema, maxHitBytes } from '../../uplink/hit.ts';
import type { HitOpener } from '../verification/hit-opener.ts';
import { onvifEvent } from './onvif-event.ts';

export interface OnvifBridgeOptions {
  readonly link: BrokerLink;
  /** Verifies hits; it should hold no recipient's key, so that what is sealed to a team stays with the team. */
  readonly opener: HitOpener;
  readonly log?: Log | undefined;
}

const noCounts = { published: 0, discreet: 0, sealed: 0, refused: 0, unsent: 0 };
export type OnvifBridgeCounts = Readonly<typeof noCounts>;

/** Hits come again until the centre's receipt; each is told to the video management once. */
const mostRemembered = 10_000;
/** What arrives faster than the broker takes it is left out: video management is told of the present. */
const mostAtOnce = 256;

/**
 * Tells video-management systems of hits, as ONVIF licence-plate events. It sends no receipts, so the node's hits are the
 * centre's as before; what it cannot publish at once it leaves out.
 */
export class OnvifBridge implements Service {
  readonly name = 'onvif-bridge';
  readonly #options: OnvifBridgeOptions;
  readonly #log: Log;
  readonly #counts = { ...noCounts };
  readonly #told = new Set<string>();
  readonly #working = new Set<Promise<void>>();

  constructor(options: OnvifBridgeOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
  }

  counts(): OnvifBridgeCounts {
    return { ...this.#counts };
  }

  async run(signal: AbortSignal): Promise<void> {
    const leave = this.#options.link.subscribe(topics.allHits, (message) => this.#take(message));
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    leave();
    await Promise.all(this.#working);
  }

  #take(message: BrokerMessage): void {
    if (this.#working.size >= mostAtOnce) {
      this.#counts.unsent += 1;
      return;
    }
    const work = this.#tell(message).finally(() => this.#working.delete(work));
    this.#working.add(work);
  }

  async #tell(message: BrokerMessage): Promise<void> {
    const opened = await this.#options.opener.event(message);
    if ('refused' in opened) {
      if (opened.refused !== 'not-for-us') this.#log.event('warn', 'onvif/hit-refused', { reason: opened.refused });
      this.#counts[opened.refused === 'not-for-us' ? 'sealed' : 'refused'] += 1;
      return;
    }
    const hit = parseMessage(hitSchema, opened.body, maxHitBytes);
    if (hit === null || message.topic !== topics.hits(hit.data.node) || !this.#isNew(hit)) return;
    const event = onvifEvent(hit);
    if (event === null) {
      this.#counts.discreet += 1;
      return;
    }
    const sent = await this.#options.link.publish(event.topic, encodeMessage(event.payload), {
      qos: 1,
      deadlineMs: 5_000,
    });
    this.#counts[sent === 'acknowledged' ? 'published' : 'unsent'] += 1;
  }

  #isNew({ id }: Hit): boolean {
    if (this.#told.has(id)) return false;
    this.#told.add(id);
    const [oldest] = this.#told;
    if (this.#told.size > mostRemembered && oldest !== undefined) this.#told.delete(oldest);
    return true;
  }
}
