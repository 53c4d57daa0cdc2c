import { expect, it } from 'vitest';
import { MemoryBroker } from '../../broker/memory-link.ts';
import { topics } from '../../broker/topics.ts';
import { encodeMessage } from '../../uplink/cloud-event.ts';
import { FleetBoard } from './fleet-board.ts';
import { followFleet } from './follow-fleet.ts';

const retained = { qos: 1, retain: true, deadlineMs: 1_000 } as const;

it('shows what nodes say as they say it, and listens no more once it was stopped', async () => {
  const broker = new MemoryBroker();
  const node = broker.link();
  const board = new FleetBoard(null);
  const stop = new AbortController();
  const says = (state: string) =>
    node.publish(
      topics.presence('a'),
      encodeMessage({ node: 'a', site: 's', state, software: '1', startedAt: '2026-05-01T12:00:00.000Z' }),
      retained,
    );
  const states: string[] = [];
  await says('online');
  await followFleet(
    { link: broker.link(), board },
    () => {
      const [one] = board.nodes(Date.now());
      if (one === undefined || states.at(-1) === one.presence) return;
      states.push(one.presence);
      if (one.presence === 'online') void says('lost');
      else stop.abort();
    },
    stop.signal,
  );
  expect(states).toEqual(['online', 'lost']);
  await says('stopped');
  expect(board.nodes(Date.now())[0]?.presence).toBe('lost');
});
