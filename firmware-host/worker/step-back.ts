import { constants, getPriority, setPriority } from 'node:os';

/** Half of a step that systems call "below normal": on a busy core, a third of the time of whoever has not stepped back. */
const STEP = constants.priority.PRIORITY_BELOW_NORMAL / 2;

/**
 * Lets this thread, which looks at frames, step back behind the supervisor (matching, outbox, link), and behind the threads
 * that decode and encode pictures: Linux gives each thread a priority of its own, and those were started before. A hit on its
 * way then does not wait for what may be the next one.
 */
export function stepBack(): void {
  try {
    setPriority(Math.min(getPriority() + STEP, constants.priority.PRIORITY_LOW));
  } catch {
    // A system that lets nobody step back: frames are looked at all the same.
  }
}
