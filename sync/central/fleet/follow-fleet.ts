import type { BrokerLink } from '../../broker/broker-link.ts';
import { Bell } from '../../uplink/bell.ts';
import { FleetBoard } from './fleet-board.ts';

/** Keeps a board up to date until the signal aborts; `onChange` is called when something was said, and each second for the ages. */
export async function followFleet(
  { link, board }: { readonly link: BrokerLink; readonly board: FleetBoard },
  onChange: () => void,
  signal: AbortSignal,
): Promise<void> {
  const bell = new Bell();
  const leave = FleetBoard.filters.map((filter) =>
    link.subscribe(filter, (message) => {
      if (board.take(message)) bell.ring();
    }),
  );
  while (!signal.aborted) {
    await bell.wait(1_000, signal);
    if (!signal.aborted) onChange();
  }
  for (const unsubscribe of leave) unsubscribe();
}
