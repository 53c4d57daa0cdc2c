import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { Fault } from '../../config/foundation/fault.ts';
import { type Log, silentLog } from '../../config/foundation/log.ts';
import { pause, within } from '../../config/foundation/pause.ts';
import type { Service } from '../../config/foundation/service.ts';
import type { BrokerLink, BrokerMessage, PublishOptions, PublishOutcome } from './broker-link.ts';
import { connectFault } from './connect-fault.ts';
import { type BrokerCredentials, credentialOptions } from './connect-options.ts';
import { CredentialWatch } from './credential-watch.ts';
import { LifeSigns } from './life-signs.ts';
import { cutEndlessPackets } from './packet-limit.ts';
import { waitPatiently } from './patient-keepalive.ts';
import { isTopicName, topicMatches } from './topic-filter.ts';

/** What the broker publishes, retained, when this client is lost; `farewell` is what a clean stop publishes instead. */
export interface LastWill {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly farewell?: Uint8Array;
}

export interface MqttLinkOptions extends BrokerCredentials {
  /** `mqtt://host:port` or `mqtts://host:port`. */
  readonly url: string;
  readonly clientId?: string | undefined;
  readonly lastWill?: LastWill | undefined;
  /** Larger messages are dropped and counted on arrival, and refused when published. */
  readonly maxPayloadBytes?: number | undefined;
  readonly keepaliveSeconds?: number | undefined;
  /** What is on its way is waited for as long as it takes at this rate. */
  readonly slowestBytesPerSecond?: number | undefined;
  readonly connectDeadlineMs?: number | undefined;
  /** Pauses between attempts grow from the first to the longest. */
  readonly reconnectFirstMs?: number | undefined;
  readonly reconnectLongestMs?: number | undefined;
  /** How often it is looked whether the files of the connection were replaced. */
  readonly credentialCheckMs?: number | undefined;
  readonly log?: Log | undefined;
}

interface Subscription {
  readonly filter: string;
  readonly onMessage: (message: BrokerMessage) => void;
}

const farewellDeadlineMs = 2_000;
const timeoutsUntilReconnect = 3;
/** As long as a broker waits for a client: so many keepalives without a word. */
const keepalivesUntilSilent = 1.5;
/** How long ago the last sign of life may be for a ping to wait on although nothing else is under way. */
const keepalivesOfPatience = 0.5;

/** A publication that is under way. */
interface Pending {
  readonly bytes: number;
  readonly startedMs: number;
}

/**
 * A BrokerLink over MQTT.js (protocol 3.1.1).
 *
 * Invariant: an MQTT.js client lives for one connection only. Its in-memory store and queue therefore never carry a
 * message over to the next connection, and whatever was not acknowledged is the caller's again.
 */
export class MqttLink implements BrokerLink, Service {
  readonly name = 'broker-link';
  readonly #options: MqttLinkOptions;
  readonly #log: Log;
  readonly #maxPayloadBytes: number;
  readonly #subscriptions = new Set<Subscription>();
  readonly #connectedListeners = new Set<() => void>();
  /** How each publication that is under way is settled, the oldest first. */
  readonly #pending = new Map<(outcome: PublishOutcome) => void, Pending>();
  /** Subscriptions that the broker has not answered yet. */
  readonly #unanswered = new Set<Promise<void>>();
  #client: MqttClient | null = null;
  #signs: LifeSigns | null = null;
  #ready = false;
  #timeoutsInARow = 0;
  #lastFailure: Fault | null = null;

  constructor(options: MqttLinkOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
    this.#maxPayloadBytes = options.maxPayloadBytes ?? 4 * 1024 * 1024;
  }

  get connected(): boolean {
    return this.#ready;
  }

  /** Why the last attempt failed or the last connection ended; null while connected. */
  get lastFailure(): Fault | null {
    return this.#lastFailure;
  }

  /** Of what was published and has not settled yet. */
  get unacknowledgedBytes(): number {
    return [...this.#pending.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async publish(topic: string, payload: Uint8Array, options: PublishOptions): Promise<PublishOutcome> {
    const client = this.#client;
    if (client === null || !this.#ready) return 'not-connected';
    if (payload.byteLength > this.#maxPayloadBytes || !isTopicName(topic)) return 'refused';
    return new Promise((resolve) => {
      const settle = (outcome: PublishOutcome): void => {
        clearTimeout(timer);
        this.#pending.delete(settle);
        resolve(outcome);
      };
      let messageId: number | undefined;
      const startedMs = performance.now();
      const timer = setTimeout(() => {
        settle('timed-out');
        if (messageId !== undefined) client.removeOutgoingMessage(messageId);
        this.#noteTimeout(client, startedMs);
      }, options.deadlineMs);
      this.#pending.set(settle, { bytes: payload.byteLength, startedMs });
      const body = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
      // At QoS 0 the callback comes before publish returns.
      client.publish(topic, body, { qos: options.qos, retain: options.retain ?? false }, (error) => {
        if (!error) this.#timeoutsInARow = 0;
        settle(error ? 'not-connected' : 'acknowledged');
      });
      if (options.qos === 1) messageId = client.getLastMessageId();
    });
  }

  subscribe(filter: string, onMessage: (message: BrokerMessage) => void): () => void {
    const subscription = { filter, onMessage };
    this.#subscriptions.add(subscription);
    if (this.#client !== null) void this.#renew(this.#client, filter);
    return () => {
      this.#subscriptions.delete(subscription);
      const shared = [...this.#subscriptions].some((other) => other.filter === filter);
      if (!shared) this.#client?.unsubscribe(filter, () => undefined);
    };
  }

  subscriptionsAnswered(deadlineMs: number): Promise<boolean> {
    // The end of a connection answers what was open on it, and is no answer of the broker's.
    const answered = Promise.all(this.#unanswered).then(() => this.#ready);
    return within(answered, deadlineMs, false);
  }

  onConnected(listener: () => void): () => void {
    this.#connectedListeners.add(listener);
    if (this.#ready) listener();
    return () => this.#connectedListeners.delete(listener);
  }

  /** Connects, and connects again with growing pauses, until the signal aborts; then says farewell and disconnects. */
  async run(signal: AbortSignal): Promise<void> {
    const firstMs = this.#options.reconnectFirstMs ?? 500;
    const longestMs = this.#options.reconnectLongestMs ?? 30_000;
    let pauseMs = firstMs;
    while (!signal.aborted) {
      const wasReady = await this.#oneConnection(signal);
      pauseMs = wasReady ? firstMs : Math.min(pauseMs * 2, longestMs);
      // Up to a quarter more, so that the nodes of a country do not all return in the same instant.
      await pause(pauseMs * (1 + Math.random() / 4), signal);
    }
  }

  /** Resolves when the connection is gone, telling whether it was ever ready. */
  async #oneConnection(signal: AbortSignal): Promise<boolean> {
    const client = this.#open();
    if (client === null) return false;
    let wasReady = false;
    const leaveWatches = [this.#watchCredentials(client), this.#watchLife(client)];
    await new Promise<void>((finish) => {
      const deadline = setTimeout(() => finish(), this.#connectDeadlineMs);
      const stop = (): void => void this.#farewell(client).then(finish);
      signal.addEventListener('abort', stop, { once: true });
      client.on('connect', async () => {
        this.#client = client;
        await Promise.all(
          [...new Set([...this.#subscriptions].map((one) => one.filter))].map((one) => this.#renew(client, one)),
        );
        if (this.#client !== client || signal.aborted) return;
        clearTimeout(deadline);
        wasReady = true;
        this.#becomeReady();
      });
      client.on('close', () => {
        clearTimeout(deadline);
        signal.removeEventListener('abort', stop);
        finish();
      });
      if (signal.aborted) stop();
    });
    for (const leave of leaveWatches) leave();
    this.#dismantle(client, wasReady);
    return wasReady;
  }

  #open(): MqttClient | null {
    try {
      const client = connect(this.#options.url, this.#connectOptions());
      client.on('error', (error) => this.#noteFailure(connectFault(error)));
      client.on('message', (topic, payload, packet) => this.#dispatch({ topic, payload, retained: packet.retain }));
      cutEndlessPackets(client, this.#maxPayloadBytes * 8);
      // An acknowledgement is a small packet: what is written next would wait for the peer's own, 40 ms by Linux's delay.
      if (client.stream instanceof Socket) client.stream.setNoDelay(true);
      return client;
    } catch (error) {
      this.#noteFailure(connectFault(error));
      return null;
    }
  }

  #connectOptions(): IClientOptions {
    const will = this.#options.lastWill;
    return {
      ...credentialOptions(this.#options),
      clientId: this.#options.clientId ?? `hazeldonk-${randomUUID()}`,
      clean: true,
      keepalive: this.#keepaliveSeconds,
      // Later than our own deadline, which alone decides and has a code.
      connectTimeout: this.#connectDeadlineMs * 2,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      ...(will && { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1 as const, retain: true } }),
    };
  }

  get #keepaliveSeconds(): number {
    return this.#options.keepaliveSeconds ?? 30;
  }

  get #connectDeadlineMs(): number {
    return this.#options.connectDeadlineMs ?? 10_000;
  }

  /**
   * Ends the connection when its certificate or log-in was replaced, so that the next one, a moment later, uses the new.
   * It ends with a DISCONNECT, so the broker does not take this client for lost.
   */
  #watchCredentials(client: MqttClient): () => void {
    const watch = new CredentialWatch(this.#options);
    let said: string = 'same';
    const timer = setInterval(() => {
      const state = this.#client === client && this.#ready ? watch.look() : 'same';
      if (state !== said && state !== 'same') this.#log.event('info', `broker/credentials-${state}`);
      said = state;
      if (state === 'renewed') void this.#disconnect(client);
    }, this.#options.credentialCheckMs ?? 60_000);
    return () => clearInterval(timer);
  }

  /**
   * Ends a connection on which nothing moves although something is under way, however long that may take: a broker that is gone,
   * and one that answers pings and acknowledges nothing.
   */
  #watchLife(client: MqttClient): () => void {
    const signs = new LifeSigns(client.stream);
    this.#signs = signs;
    const keepaliveMs = this.#keepaliveSeconds * 1_000;
    const leavePatience = waitPatiently(client, keepaliveMs, () => {
      const keepalives = this.#pending.size > 0 ? keepalivesUntilSilent : keepalivesOfPatience;
      return this.#quietMs(signs) <= keepaliveMs * keepalives;
    });
    const timer = setInterval(() => {
      const [oldest] = this.#pending.values();
      if (this.#client !== client || oldest === undefined) return;
      if (this.#quietMs(signs, oldest.startedMs) > keepaliveMs * keepalivesUntilSilent) this.#giveUpSilent(client);
    }, keepaliveMs / 4);
    return () => {
      leavePatience();
      clearInterval(timer);
    };
  }

  #quietMs(signs: LifeSigns, sinceMs = 0): number {
    const bytesPerSecond = this.#options.slowestBytesPerSecond;
    return signs.quietMs(this.unacknowledgedBytes, { bytesPerSecond, sinceMs });
  }

  #becomeReady(): void {
    this.#ready = true;
    this.#lastFailure = null;
    this.#timeoutsInARow = 0;
    this.#log.event('info', 'broker/connected');
    for (const listener of [...this.#connectedListeners]) listener();
  }

  #dismantle(client: MqttClient, wasReady: boolean): void {
    this.#client = null;
    this.#ready = false;
    this.#unanswered.clear();
    client.removeAllListeners('message');
    client.end(true);
    for (const settle of [...this.#pending.keys()]) settle('not-connected');
    if (wasReady) this.#log.event('warn', 'broker/disconnected');
    else if (this.#lastFailure === null)
      this.#noteFailure(new Fault('broker/no-answer', 'the broker did not answer in time'));
  }

  /** A refused subscription (access rules) leaves the others working, so it is said and not fatal. */
  #renew(client: MqttClient, filter: string): Promise<void> {
    const answered: Promise<void> = new Promise<void>((resolve) => {
      client.subscribe(filter, { qos: 1 }, (error, granted) => {
        const refused =
          error !== null && error !== undefined ? client.connected : granted?.some((grant) => grant.qos === 128);
        if (refused) this.#log.event('error', 'broker/subscription-refused', { filter });
        resolve();
      });
    }).finally(() => this.#unanswered.delete(answered));
    this.#unanswered.add(answered);
    return answered;
  }

  #dispatch(message: BrokerMessage): void {
    if (message.payload.byteLength > this.#maxPayloadBytes) {
      this.#log.event('warn', 'broker/message-too-large', { bytes: message.payload.byteLength });
      return;
    }
    for (const one of [...this.#subscriptions]) {
      if (topicMatches(one.filter, message.topic)) one.onMessage(message);
    }
  }

  /** A half-open connection answers nothing while our own traffic keeps it looking alive. */
  #noteTimeout(client: MqttClient, startedMs: number): void {
    if (this.#client !== client || this.#signs === null) return;
    // A thin link that is late is not silent, and connecting anew would begin every picture again.
    const heard = this.#signs.lastMs() > startedMs || this.#quietMs(this.#signs) < 0;
    this.#timeoutsInARow = heard ? 0 : this.#timeoutsInARow + 1;
    if (this.#timeoutsInARow >= timeoutsUntilReconnect) this.#giveUpSilent(client);
  }

  #giveUpSilent(client: MqttClient): void {
    this.#noteFailure(new Fault('broker/silent', 'the broker stopped acknowledging'));
    client.stream.destroy();
  }

  #noteFailure(fault: Fault): void {
    if (fault.code !== this.#lastFailure?.code) this.#log.event('warn', 'broker/link-failed', { code: fault.code });
    this.#lastFailure = fault;
  }

  async #farewell(client: MqttClient): Promise<void> {
    const will = this.#options.lastWill;
    if (will?.farewell && this.#ready) {
      await this.publish(will.topic, will.farewell, { qos: 1, retain: true, deadlineMs: farewellDeadlineMs });
    }
    await this.#disconnect(client);
  }

  /** What is under way is acknowledged first, if it is soon. */
  async #disconnect(client: MqttClient): Promise<void> {
    this.#ready = false;
    await Promise.race([new Promise<void>((resolve) => client.end(false, () => resolve())), pause(farewellDeadlineMs)]);
    // MQTT.js waits on for what it was told to forget, and answers pings all the while.
    client.stream.destroy();
  }
}
