import type { Service } from '../../config/foundation/service.ts';
import type { BrokerLink } from '../broker/broker-link.ts';
import type { LastWill } from '../broker/mqtt-link.ts';
import { topics } from '../broker/topics.ts';
import { Bell } from './bell.ts';
import { encodeMessage } from './cloud-event.ts';
import type { Health, Presence } from './health.ts';
import { healthOnWire } from './health-on-wire.ts';

export type NodeIdentity = Omit<Presence, 'state'>;

/** The last will for this node's MqttLink: `lost` when it vanishes, `stopped` when it ends cleanly. */
export function presenceWill(identity: NodeIdentity): LastWill {
  return {
    topic: topics.presence(identity.node),
    payload: presence(identity, 'lost'),
    farewell: presence(identity, 'stopped'),
  };
}

export interface PresenceOptions {
  readonly identity: NodeIdentity;
  readonly link: BrokerLink;
  /** Called when a health message is due; its result is sent as it is. */
  readonly health: () => Health;
  readonly everyMs?: number | undefined;
}

/** Healths that were asked for come no faster, whatever goes on: a stranger at the broker may be the reason for them. */
const betweenAskedMs = 10_000;

/**
 * Says that the node is there at each connection, and how it is, at once, then each minute and (within bounds) when asked; both
 * retained.
 */
export class PresenceAndHealth implements Service {
  readonly name = 'presence';
  readonly #options: PresenceOptions;
  readonly #bell = new Bell();
  #connected = false;
  #asked = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  /** Says the node's health without waiting for the minute: something changed that the centre waits for. */
  sayHealth(): void {
    this.#asked = true;
    this.#bell.ring();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { link, identity, health, everyMs = 60_000 } = this.#options;
    const leave = link.onConnected(() => {
      void this.#say(topics.presence(identity.node), presence(identity, 'online'));
      this.#connected = true;
      this.#bell.ring();
    });
    let dueMs = performance.now();
    let mayAskMs = dueMs;
    while (!signal.aborted) {
      const nowMs = performance.now();
      const regular = nowMs >= dueMs || this.#connected;
      const asked = this.#asked && nowMs >= mayAskMs;
      if (regular || asked) {
        if (!regular) mayAskMs = nowMs + betweenAskedMs;
        dueMs = nowMs + everyMs;
        this.#connected = false;
        this.#asked = false;
        if (link.connected) await this.#say(topics.health(identity.node), encodeMessage(healthOnWire(health())));
      }
      const nextMs = this.#asked ? Math.min(dueMs, mayAskMs) : dueMs;
      await this.#bell.wait(nextMs - performance.now(), signal);
    }
    leave();
  }

  /** What does not arrive is not repeated: the next minute says something newer. */
  async #say(topic: string, payload: Uint8Array): Promise<void> {
    await this.#options.link.publish(topic, payload, { qos: 1, retain: true, deadlineMs: 10_000 });
  }
}

function presence(identity: NodeIdentity, state: Presence['state']): Uint8Array {
  return encodeMessage({ ...identity, state } satisfies Presence);
}
