import { Fault } from '../../../../config/foundation/fault.ts';
import { HelperProcess } from '../../../../config/foundation/helper-process.ts';
import type { FromLane, LaneRole } from './record-lane-messages.ts';
import type { NumberedPassage } from './rendered-passages.ts';

/** Passages rendered and read by a process of its own (record-lane-child.ts, built). Faults: those of that process, `helper/ended`. */
export async function* passagesOfLane(file: string, role: LaneRole): AsyncGenerator<NumberedPassage> {
  if (role.plates.length === 0) return;
  const lane = new HelperProcess<FromLane, 'next'>(file, role);
  try {
    for (;;) {
      lane.ask('next');
      const told = await lane.next();
      if (told.tell === 'fault') throw new Fault(told.code, told.message);
      if (told.tell === 'end') return;
      yield told.passage;
    }
  } finally {
    await lane.end();
  }
}
