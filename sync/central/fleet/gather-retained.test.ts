import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { pause } from '../../../config/foundation/pause.ts';
import type { BrokerLink } from '../../broker/broker-link.ts';
import { MemoryBroker } from '../../broker/memory-link.ts';
import { gatherRetained } from './gather-retained.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const retained = { qos: 1, retain: true, deadlineMs: 1_000 } as const;
const content = Buffer.from('x');

/** A link over which the broker hears of a subscription, and answers it, only after so long. */
function slowLink(broker: MemoryBroker, { wayMs, answers = true }: { wayMs: number; answers?: boolean }): BrokerLink {
  const link = broker.link();
  const subscribe = link.subscribe.bind(link);
  link.subscribe = (filter, onMessage) => {
    const late = pause(wayMs).then(() => subscribe(filter, onMessage));
    return () => void late.then((leave) => leave());
  };
  link.subscriptionsAnswered = (deadlineMs = 0) =>
    answers ? pause(wayMs).then(() => true) : pause(deadlineMs).then(() => false);
  return link;
}

it('ends although a thousand nodes go on speaking, and takes in what they say meanwhile', async () => {
  const broker = new MemoryBroker();
  const fleet = broker.link();
  for (const node of ['a', 'b']) await fleet.publish(`${node}/presence`, content, retained);
  const speaking = setInterval(() => void fleet.publish('b/health', content, retained), 50);
  const taken = new Map<string, number>();
  const gathered = vi.fn();
  const gathering = gatherRetained(broker.link(), ['+/presence', '+/health'], ({ topic }) =>
    taken.set(topic, (taken.get(topic) ?? 0) + 1),
  ).then(gathered);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(gathered).toHaveBeenCalled();
  clearInterval(speaking);
  await gathering;
  expect([...taken.keys()].sort()).toEqual(['a/presence', 'b/health', 'b/presence']);
  expect(taken.get('b/health')).toBeGreaterThan(5);
});

it('finds what is retained behind a link on which subscribing takes longer than the silence it waits for', async () => {
  const broker = new MemoryBroker();
  await broker.link().publish('a/presence', content, retained);
  const taken: string[] = [];
  const gathering = gatherRetained(slowLink(broker, { wayMs: 2_000 }), ['+/presence'], ({ topic }) => {
    taken.push(topic);
  });
  await vi.advanceTimersByTimeAsync(30_000);
  await gathering;
  expect(taken).toEqual(['a/presence']);
});

it('says that a broker did not answer, and not that it retains nothing', async () => {
  const link = slowLink(new MemoryBroker(), { wayMs: 0, answers: false });
  const silent = expect(gatherRetained(link, ['+/presence'], () => undefined)).rejects.toMatchObject({
    code: 'broker/no-answer',
  });
  await vi.advanceTimersByTimeAsync(120_000);
  await silent;
});
