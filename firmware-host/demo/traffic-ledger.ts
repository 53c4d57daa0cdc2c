import type { BrokerMessage } from '../../sync/broker/broker-link.ts';
import { topics } from '../../sync/broker/topics.ts';
import { readable } from '../../sync/uplink/readable.ts';

/** What a node may send. Everything else that it sends would be a broken promise. */
export const trafficKinds = ['hits', 'pictures', 'health', 'presence'] as const;
export type TrafficKind = (typeof trafficKinds)[number];

export interface Traffic {
  readonly messages: number;
  readonly bytes: number;
}

export interface LedgerTotals {
  readonly byKind: Readonly<Record<TrafficKind, Traffic>>;
  /** Messages of the node on any other topic: must stay 0. */
  readonly otherMessages: number;
  /** Messages in which the plate of a vehicle that nobody looks for was found: must stay 0. */
  readonly unlistedPlates: number;
  readonly bytes: number;
}

/**
 * Counts what a node sends to the broker and searches all of it for the plates that must not leave. Messages of the
 * centre (receipts, lists, keys) pass the same broker and are not counted.
 */
export class TrafficLedger {
  readonly #unlisted: readonly string[];
  readonly #prefixes: readonly (readonly [prefix: string, kind: TrafficKind])[];
  readonly #centre: readonly string[];
  readonly #byKind: Record<TrafficKind, { messages: number; bytes: number }> = {
    hits: { messages: 0, bytes: 0 },
    pictures: { messages: 0, bytes: 0 },
    health: { messages: 0, bytes: 0 },
    presence: { messages: 0, bytes: 0 },
  };
  #other = 0;
  #unlistedSeen = 0;

  constructor(node: string, unlistedPlates: readonly string[]) {
    this.#unlisted = unlistedPlates;
    this.#prefixes = [
      [topics.hits(node), 'hits'],
      [topics.evidence(node, '', 'plate').replace(/\/plate$/, ''), 'pictures'],
      [topics.health(node), 'health'],
      [topics.presence(node), 'presence'],
    ];
    this.#centre = [
      topics.receipts(node),
      topics.centreReady,
      topics.listKey(node, '', '', 0).replace(/\/\/\/0$/, '/'),
      topics.allManifests.replace(/\+.*$/, ''),
    ];
  }

  add({ topic, payload }: Pick<BrokerMessage, 'topic' | 'payload'>): void {
    if (this.#centre.some((prefix) => topic.startsWith(prefix))) return;
    const text = `${topic} ${readable(payload).toString('latin1')}`;
    if (this.#unlisted.some((plate) => text.includes(plate))) this.#unlistedSeen += 1;
    const kind = this.#prefixes.find(
      ([prefix]) => topic === prefix || topic.startsWith(`${prefix.replace(/\/$/, '')}/`),
    )?.[1];
    if (kind === undefined) {
      this.#other += 1;
      return;
    }
    this.#byKind[kind].messages += 1;
    this.#byKind[kind].bytes += payload.byteLength;
  }

  totals(): LedgerTotals {
    const byKind = structuredClone(this.#byKind);
    return {
      byKind,
      otherMessages: this.#other,
      unlistedPlates: this.#unlistedSeen,
      bytes: trafficKinds.reduce((sum, kind) => sum + byKind[kind].bytes, 0),
    };
  }
}
