export interface BrokerMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly retained: boolean;
}

/** `acknowledged` is the broker's word alone; a hit's own receipt comes from the centre. */
export type PublishOutcome = 'acknowledged' | 'not-connected' | 'timed-out' | 'refused';

export interface PublishOptions {
  readonly qos: 0 | 1;
  readonly retain?: boolean;
  readonly deadlineMs: number;
}

/** What list sync, uplink and centre need of a broker connection. Subscriptions survive reconnects. */
export interface BrokerLink {
  readonly connected: boolean;
  /** Never queues in memory: without a connection it answers `not-connected` at once, and it always settles by the deadline. */
  publish(topic: string, payload: Uint8Array, options: PublishOptions): Promise<PublishOutcome>;
  /** MQTT filter (+ and #), QoS 1. Returns how to unsubscribe. */
  subscribe(filter: string, onMessage: (message: BrokerMessage) => void): () => void;
  /**
   * Whether the broker has granted or refused every subscription made until now; waits for that until the deadline. False at once
   * without a connection.
   */
  subscriptionsAnswered(deadlineMs: number): Promise<boolean>;
  /** Called at every (re)connection, after subscriptions were renewed; at once when connected already. */
  onConnected(listener: () => void): () => void;
}
