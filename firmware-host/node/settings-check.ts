import type { Log } from '../../config/foundation/log.ts';
import { readNodeSettings } from '../../config/load-node-settings.ts';
import type { NodeSettings } from '../../config/node-settings.ts';
import { changedSettings } from './changed-settings.ts';

/**
 * Looks at the settings file anew, as SIGHUP asks, and says in the log what a restart would change or what is wrong in it. The
 * node goes on with what it has. Renewed certificates and keys of the broker's connection need none of this.
 */
export function checkSettings(file: string, running: NodeSettings, log: Log): void {
  const outcome = readNodeSettings(file);
  if (outcome.problems !== null) {
    log.event('error', 'settings/invalid', { file, problems: outcome.problems.length });
    return;
  }
  const changed = changedSettings(running, outcome.value);
  if (changed.length === 0) log.event('info', 'settings/unchanged', { file });
  else log.event('warn', 'settings/need-restart', { file, changed: changed.join(', ').slice(0, 500) });
}
