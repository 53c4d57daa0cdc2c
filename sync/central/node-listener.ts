import type { z } from 'zod';
import { type Log, silentLog } from '../../config/foundation/log.ts';
import { pause } from '../../config/foundation/pause.ts';
import type { Service } from '../../config/foundation/service.ts';
import type { BrokerLink, BrokerMessage } from '../broker/broker-link.ts';
import { topics } from '../broker/topics.ts';
import { Bell } from '../uplink/bell.ts';
import { parseMessage } from '../uplink/cloud-event.ts';
import { type Health, healthSchema, maxHealthBytes, type Presence, presenceSchema } from '../uplink/health.ts';
import type { HitStore } from './hit-store.ts';

export interface NodeListenerOptions {
  readonly link: BrokerLink;
  readonly store: Pick<HitStore, 'notePresence' | 'noteHealth'>;
  readonly log?: Log | undefined;
  readonly nowMs?: (() => number) | undefined;
}

/** More nodes than any country has gantries; a broker without access rules could make up any number. */
const mostNodes = 10_000;
const retryMs = 5_000;

/**
 * Keeps what nodes say of themselves. Of each node only the latest waits to be stored: their counters never start anew while a
 * node runs, so what is skipped is counted with the next. Every receiver of a group listens, because retained messages are not shared.
 */
export class NodeListener implements Service {
  readonly name = 'node-listener';
  readonly #options: NodeListenerOptions;
  readonly #log: Log;
  readonly #presence = new Map<string, Presence>();
  readonly #health = new Map<string, Health>();
  readonly #bell = new Bell();

  constructor(options: NodeListenerOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { link } = this.#options;
    const close = [
      link.subscribe(topics.allPresence, (message) =>
        this.#hear(message, presenceSchema, topics.presence, this.#presence),
      ),
      link.subscribe(topics.allHealth, (message) => this.#hear(message, healthSchema, topics.health, this.#health)),
    ];
    while (!signal.aborted) {
      await this.#bell.wait(Number.POSITIVE_INFINITY, signal);
      if (!(await this.#storeAll(signal))) {
        await pause(retryMs, signal);
        this.#bell.ring();
      }
    }
    for (const leave of close) leave();
  }

  #hear<Message extends { readonly node: string }>(
    message: BrokerMessage,
    schema: z.ZodType<Message>,
    topicOf: (node: string) => string,
    latest: Map<string, Message>,
  ): void {
    // A node that was struck off has its retained messages erased.
    if (message.payload.byteLength === 0) return;
    const said = parseMessage(schema, message.payload, maxHealthBytes);
    const room = latest.size < mostNodes || (said !== null && latest.has(said.node));
    if (said === null || message.topic !== topicOf(said.node) || !room) {
      this.#log.event('warn', 'centre/node-message-rejected');
      return;
    }
    latest.set(said.node, said);
    this.#bell.ring();
  }

  async #storeAll(signal: AbortSignal): Promise<boolean> {
    const nowMs = (this.#options.nowMs ?? Date.now)();
    const { store } = this.#options;
    return (
      (await emptied(this.#presence, (one) => store.notePresence(one, nowMs), signal)) &&
      (await emptied(this.#health, (one) => store.noteHealth(one, nowMs), signal))
    );
  }
}

/** False when the store has trouble; what was not stored stays, unless the node has said something newer. */
async function emptied<Message>(
  latest: Map<string, Message>,
  store: (message: Message) => Promise<string | null>,
  signal: AbortSignal,
): Promise<boolean> {
  for (const [node, message] of latest) {
    if (signal.aborted) return true;
    if ((await store(message)) !== null) return false;
    if (latest.get(node) === message) latest.delete(node);
  }
  return true;
}
