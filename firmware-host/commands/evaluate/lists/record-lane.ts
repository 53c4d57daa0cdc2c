import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Fault } from '../../../../config/foundation/fault.ts';
import type { FromLane, LaneRole, ToLane } from './record-lane-messages.ts';
import type { NumberedPassage } from './rendered-passages.ts';

/** Passages rendered and read by a process of its own (record-lane-child.ts, built). Faults: those of that process, `evaluate/lane-failed`. */
export async function* passagesOfLane(file: string, role: LaneRole): AsyncGenerator<NumberedPassage> {
  if (role.plates.length === 0) return;
  const child = fork(file, [], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exit = once(child, 'exit');
  const ask = (message: ToLane): void => void child.send(message);
  try {
    ask(role);
    for (;;) {
      ask('next');
      const told = await Promise.race([once(child, 'message'), exit.then(() => null)]);
      if (told === null) throw new Fault('evaluate/lane-failed', 'a process that reads rendered passages ended');
      const from = told[0] as FromLane;
      if (from.tell === 'fault') throw new Fault(from.code, from.message);
      if (from.tell === 'end') return;
      yield from.passage;
    }
  } finally {
    child.kill();
    await exit;
  }
}
