import { join } from 'node:path';
import { Fault } from '../../config/foundation/fault.ts';
import { holdExclusively } from '../../sync/database/exclusive-hold.ts';
import { NODE_LOCK } from '../node/node-lock.ts';
import { isDatabaseError } from './is-database-error.ts';
import { statOf } from './stat-of.ts';

/** Whether a node runs on this data folder, as far as can be told from here. */
export function nodeRuns(dataFolder: string): 'runs' | 'rests' | 'unknown' {
  const lock = join(dataFolder, NODE_LOCK);
  const there = statOf(lock);
  // To hold it would make it, and whoever runs the node could not open what another user's check has made.
  if (there === 'missing') return 'rests';
  if ('reason' in there) return 'unknown';
  try {
    holdExclusively(lock)();
    return 'rests';
  } catch (error) {
    if (error instanceof Fault && error.code === 'database/held') return 'runs';
    if (isDatabaseError(error)) return 'unknown';
    throw error;
  }
}
