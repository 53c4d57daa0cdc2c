import type { BrokerLink, BrokerMessage, PublishOptions, PublishOutcome } from './broker-link.ts';
import { isTopicName, topicMatches } from './topic-filter.ts';

interface Subscription {
  readonly filter: string;
  readonly onMessage: (message: BrokerMessage) => void;
}

/** A broker in memory with retained messages: the fake on which everything above the link is tested. */
export class MemoryBroker {
  readonly retained = new Map<string, Uint8Array>();
  /** Every message that was published, oldest first. */
  readonly published: BrokerMessage[] = [];
  readonly links = new Set<MemoryLink>();
  reachable = true;

  link(): MemoryLink {
    const link = new MemoryLink(this);
    this.links.add(link);
    return link;
  }

  sever(): void {
    this.reachable = false;
  }

  restore(): void {
    this.reachable = true;
    for (const link of this.links) link.reconnected();
  }

  take(topic: string, payload: Uint8Array, retain: boolean): void {
    this.published.push({ topic, payload, retained: retain });
    if (retain && payload.length === 0) this.retained.delete(topic);
    else if (retain) this.retained.set(topic, payload);
    for (const link of this.links) link.deliver({ topic, payload, retained: false });
  }
}

/** A connection to a MemoryBroker. Messages arrive in later turns of the loop, as from a network. */
export class MemoryLink implements BrokerLink {
  readonly #broker: MemoryBroker;
  readonly #subscriptions = new Set<Subscription>();
  readonly #listeners = new Set<() => void>();

  constructor(broker: MemoryBroker) {
    this.#broker = broker;
  }

  get connected(): boolean {
    return this.#broker.reachable;
  }

  async publish(topic: string, payload: Uint8Array, options: PublishOptions): Promise<PublishOutcome> {
    if (!this.connected) return 'not-connected';
    if (!isTopicName(topic)) return 'refused';
    this.#broker.take(topic, payload.slice(), options.retain ?? false);
    return 'acknowledged';
  }

  subscribe(filter: string, onMessage: (message: BrokerMessage) => void): () => void {
    const subscription = { filter, onMessage };
    this.#subscriptions.add(subscription);
    this.#deliverRetained(subscription);
    return () => this.#subscriptions.delete(subscription);
  }

  async subscriptionsAnswered(): Promise<boolean> {
    return this.connected;
  }

  onConnected(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.connected) listener();
    return () => this.#listeners.delete(listener);
  }

  reconnected(): void {
    for (const subscription of this.#subscriptions) this.#deliverRetained(subscription);
    for (const listener of [...this.#listeners]) listener();
  }

  deliver(message: BrokerMessage): void {
    for (const subscription of this.#subscriptions) this.#later(subscription, message);
  }

  #deliverRetained(subscription: Subscription): void {
    if (!this.connected) return;
    for (const [topic, payload] of this.#broker.retained) this.#later(subscription, { topic, payload, retained: true });
  }

  #later(subscription: Subscription, message: BrokerMessage): void {
    if (!topicMatches(subscription.filter, message.topic)) return;
    setImmediate(() => {
      if (this.#subscriptions.has(subscription)) subscription.onMessage(message);
    });
  }
}
