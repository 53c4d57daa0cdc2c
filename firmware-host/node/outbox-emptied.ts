import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerLink } from '../../sync/broker/broker-link.ts';
import type { Outbox } from '../../sync/uplink/outbox.ts';

const lookEveryMs = 50;

/** Resolves when every hit has its receipt, the link is gone, or the deadline has passed: whatever stays is on disk. */
export async function outboxEmptied(outbox: Outbox, link: BrokerLink, deadlineMs: number): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  while (link.connected && performance.now() < endMs) {
    const { hitsWaiting, picturesWaiting } = outbox.counts();
    if (hitsWaiting + picturesWaiting === 0) return;
    await sleep(lookEveryMs);
  }
}
