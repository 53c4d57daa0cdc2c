import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrokerLink, BrokerMessage } from './broker-link.ts';

/** One broker (or its fake) with as many links as a test asks for. */
export interface BrokerHarness {
  /** A new link that is connected already. */
  link(): Promise<BrokerLink>;
  /** Makes the broker unreachable for every link; resolves when they all know. Retained messages may be lost by it. */
  sever(): Promise<void>;
  /** Makes it reachable again; resolves when every link is connected. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

const atLeastOnce = { qos: 1, deadlineMs: 5_000 } as const;
const retained = { ...atLeastOnce, retain: true } as const;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (message: BrokerMessage): string => new TextDecoder().decode(message.payload);

/** Gathers what arrives under a filter; `next` waits for the message after those already taken. */
export function inbox(link: BrokerLink, filter: string) {
  const arrived: BrokerMessage[] = [];
  const waiting: ((message: BrokerMessage) => void)[] = [];
  const close = link.subscribe(filter, (message) => {
    const taker = waiting.shift();
    if (taker) taker(message);
    else arrived.push(message);
  });
  const next = (): Promise<BrokerMessage> => {
    const message = arrived.shift();
    return message ? Promise.resolve(message) : new Promise((resolve) => waiting.push(resolve));
  };
  return { arrived, close, next };
}

/** What every BrokerLink promises; run on the fake and on the real adapter against real brokers. */
export function brokerLinkContract(name: string, start: () => Promise<BrokerHarness>): void {
  describe(`a broker link (${name})`, () => {
    let harness: BrokerHarness;
    beforeAll(async () => {
      harness = await start();
    });
    afterAll(() => harness.close());

    it('delivers bytes unchanged to filters with one level and with the rest open', async () => {
      const [sender, receiver] = [await harness.link(), await harness.link()];
      const oneLevel = inbox(receiver, 'a/+/c');
      const rest = inbox(receiver, 'a/b/#');
      const payload = Uint8Array.from({ length: 256 }, (_, index) => index);
      expect(await sender.publish('a/b/c', payload, atLeastOnce)).toBe('acknowledged');
      for (const box of [oneLevel, rest]) {
        const message = await box.next();
        expect(message.topic).toBe('a/b/c');
        expect(message.retained).toBe(false);
        expect([...message.payload]).toEqual([...payload]);
      }
    });

    it('delivers what is sent without acknowledgement, too', async () => {
      const [sender, receiver] = [await harness.link(), await harness.link()];
      const box = inbox(receiver, 'light/#');
      expect(await sender.publish('light/weight', bytes('x'), { qos: 0, deadlineMs: 5_000 })).toBe('acknowledged');
      expect(text(await box.next())).toBe('x');
    });

    it('hands a retained message to whoever subscribes later, until an empty one erases it', async () => {
      const [sender, receiver] = [await harness.link(), await harness.link()];
      await sender.publish('kept/here', bytes('first'), retained);
      await sender.publish('kept/here', bytes('second'), retained);
      const message = await inbox(receiver, 'kept/+').next();
      expect([message.retained, text(message)]).toEqual([true, 'second']);

      await sender.publish('kept/here', new Uint8Array(), retained);
      const later = inbox(await harness.link(), 'kept/#');
      await sender.publish('kept/marker', bytes('marker'), atLeastOnce);
      expect(text(await later.next())).toBe('marker');
    });

    it('delivers no more after its subscriber went away', async () => {
      const [sender, receiver] = [await harness.link(), await harness.link()];
      const gone = inbox(receiver, 'leave/it');
      const stays = inbox(receiver, 'leave/#');
      gone.close();
      await sender.publish('leave/it', bytes('x'), atLeastOnce);
      expect(text(await stays.next())).toBe('x');
      expect(gone.arrived).toEqual([]);
    });

    it('keeps a filter alive for its second subscriber when the first leaves', async () => {
      const [sender, receiver] = [await harness.link(), await harness.link()];
      const first = inbox(receiver, 'shared/filter');
      const second = inbox(receiver, 'shared/filter');
      first.close();
      await sender.publish('shared/filter', bytes('x'), atLeastOnce);
      expect(text(await second.next())).toBe('x');
    });

    it('tells when the broker has answered its subscriptions: nothing that is sent afterwards is missed', async () => {
      const [sender, receiver] = [await harness.link(), await harness.link()];
      const boxes = ['answered/a', 'answered/+', 'answered/#'].map((filter) => inbox(receiver, filter));
      expect(await receiver.subscriptionsAnswered(5_000)).toBe(true);
      await sender.publish('answered/a', bytes('x'), atLeastOnce);
      for (const box of boxes) expect(text(await box.next())).toBe('x');
    });

    it('refuses to publish to a wildcard or to no topic', async () => {
      const link = await harness.link();
      for (const topic of ['a/#', 'a/+/b', '', 'a\0b'])
        expect(await link.publish(topic, bytes('x'), atLeastOnce)).toBe('refused');
    });

    it('tells a listener at once when it is connected already', async () => {
      const link = await harness.link();
      expect(link.connected).toBe(true);
      await new Promise<void>((resolve) => link.onConnected(resolve));
    });

    it('answers not-connected at once while the broker is away, and never sends that message afterwards', async () => {
      const [sender, receiver] = [await harness.link(), await harness.link()];
      const box = inbox(receiver, 'outage/#');
      await harness.sever();
      expect(sender.connected).toBe(false);
      expect(await sender.publish('outage/lost', bytes('lost'), { qos: 1, deadlineMs: 60_000 })).toBe('not-connected');
      expect(await sender.publish('outage/lost', bytes('lost'), { qos: 0, deadlineMs: 60_000 })).toBe('not-connected');
      const subscribedWhileAway = inbox(receiver, 'outage/after');
      expect(await receiver.subscriptionsAnswered(60_000)).toBe(false);
      await harness.restore();
      await sender.publish('outage/after', bytes('after'), atLeastOnce);
      expect(text(await box.next())).toBe('after');
      expect(text(await subscribedWhileAway.next())).toBe('after');
    });

    it('tells its listeners at every reconnection, with subscriptions renewed by then', async () => {
      const link = await harness.link();
      const box = inbox(link, 'again/#');
      let times = 0;
      const echoed = new Promise<string>((resolve, reject) => {
        link.onConnected(() => {
          times += 1;
          if (times === 2) link.publish('again/me', bytes('echo'), atLeastOnce).then(resolve, reject);
        });
      });
      await harness.sever();
      await harness.restore();
      expect(await echoed).toBe('acknowledged');
      expect(text(await box.next())).toBe('echo');
      expect(times).toBe(2);
    });
  });
}
