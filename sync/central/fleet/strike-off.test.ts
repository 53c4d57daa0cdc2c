import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { BrokerLink } from '../../broker/broker-link.ts';
import { MemoryBroker } from '../../broker/memory-link.ts';
import { topics } from '../../broker/topics.ts';
import { enrolledNode, temporaryFolder } from '../verification/signed-world.fixture.ts';
import { enlist, eraseNodeAt, strikeOff } from './strike-off.ts';

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

it('strikes a node off though the file of another cannot be read, but takes no node for unknown that may be in that file', async () => {
  const register = temporaryFolder();
  const { publicKey } = await enrolledNode('lost', { register });
  writeFileSync(join(register, 'garbled.json'), 'half a ke');
  expect(strikeOff(register, 'lost', 0)).toEqual(publicKey);
  expect(existsSync(join(register, 'lost.json'))).toBe(false);
  const unreadable = { code: 'node-keys/unreadable', message: expect.stringContaining('garbled.json') };
  expect(() => strikeOff(register, 'nobody', 0)).toThrow(expect.objectContaining(unreadable));
  const file = join(temporaryFolder(), 'new.json');
  const { publicKey: other } = await enrolledNode('new');
  writeFileSync(file, JSON.stringify(other));
  expect(() => enlist(register, file)).toThrow(expect.objectContaining(unreadable));
});
