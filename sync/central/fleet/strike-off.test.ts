import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { BrokerLink } from '../../broker/broker-link.ts';
import { MemoryBroker } from '../../broker/memory-link.ts';
import { topics } from '../../broker/topics.ts';
import { eraseNodeAt } from './strike-off.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const retained = { qos: 1, retain: true, deadlineMs: 1_000 } as const;
const key = topics.listKey('lost', 'NL', 'stolen', 1);
const others = [topics.presence('kept'), topics.listManifest('NL', 'stolen')];

async function brokerWith(...left: readonly string[]): Promise<MemoryBroker> {
  const broker = new MemoryBroker();
  for (const topic of [...left, ...others]) await broker.link().publish(topic, Buffer.from('x'), retained);
  return broker;
}

/** What came of erasing, without waiting for real silences. */
async function erasing(link: BrokerLink): Promise<unknown> {
  const outcome = eraseNodeAt(link, 'lost').catch((fault) => fault.code);
  await vi.advanceTimersByTimeAsync(10_000);
  return await outcome;
}

it('erases what a broker keeps for and of a node, and nothing else; again, there is nothing more', async () => {
  const broker = await brokerWith(key, topics.presence('lost'), topics.health('lost'));
  expect(await erasing(broker.link())).toBe(3);
  expect([...broker.retained.keys()]).toEqual(others);
  expect(await erasing(broker.link())).toBe(0);
});

it('says so when the broker acknowledges what its rules refuse', async () => {
  const broker = await brokerWith(key, topics.presence('lost'));
  const link = broker.link();
  link.publish = async () => 'acknowledged';
  expect(await erasing(link)).toBe('fleet/not-erased');
});

it('says so when the rules let it erase some of it alone', async () => {
  const broker = await brokerWith(key, topics.presence('lost'));
  const link = broker.link();
  const publish = link.publish.bind(link);
  link.publish = async (topic, ...more) => (topic === key ? 'acknowledged' : publish(topic, ...more));
  expect(await erasing(link)).toBe('fleet/not-erased');
});

it('does not take it for erased when the rules do not let it see anything', async () => {
  const broker = await brokerWith(key, topics.presence('lost'));
  const link = broker.link();
  link.subscribe = () => () => undefined;
  expect(await erasing(link)).toBe('fleet/not-erased');
});
