import { Fault } from '../../../config/foundation/fault.ts';
import { pause } from '../../../config/foundation/pause.ts';
import type { BrokerLink, BrokerMessage } from '../../broker/broker-link.ts';

const answerDeadlineMs = 60_000;

/**
 * Takes in what a broker retains under some filters, and what is said meanwhile: ends once nothing retained came for a while.
 * Throws `broker/no-answer`.
 */
export async function gatherRetained(
  link: BrokerLink,
  filters: readonly string[],
  take: (message: BrokerMessage) => void,
  quietMs = 500,
): Promise<void> {
  let heard = false;
  const askedMs = performance.now();
  const leave = filters.map((filter) =>
    link.subscribe(filter, (message) => {
      // Nodes never stop speaking; what is retained comes to an end.
      if (message.retained) heard = true;
      take(message);
    }),
  );
  try {
    if (!(await link.subscriptionsAnswered(answerDeadlineMs)))
      throw new Fault('broker/no-answer', 'the broker did not answer what it was asked for');
    // Brokers send a few messages and wait for their receipt: on a slow link there is a silence as long as the way there and back.
    const silenceMs = Math.max(quietMs, 2 * (performance.now() - askedMs));
    do {
      heard = false;
      await pause(silenceMs);
    } while (heard);
  } finally {
    for (const unsubscribe of leave) unsubscribe();
  }
}
