import type { BrokerLink, BrokerMessage } from '../../broker/broker-link.ts';
import { Bell } from '../../uplink/bell.ts';

/** Takes in what a broker retains under some filters: ends once nothing came for a while. */
export async function gatherRetained(
  link: BrokerLink,
  filters: readonly string[],
  take: (message: BrokerMessage) => void,
  quietMs = 500,
): Promise<void> {
  const never = new AbortController().signal;
  const silence = new Bell();
  let heard = true;
  const leave = filters.map((filter) =>
    link.subscribe(filter, (message) => {
      heard = true;
      take(message);
    }),
  );
  while (heard) {
    heard = false;
    await silence.wait(quietMs, never);
  }
  for (const unsubscribe of leave) unsubscribe();
}
