import { silentLog } from '../../config/foundation/log.ts';
import { healthyFacts } from '../health/healthy-facts.ts';
import { consoleCommands } from './console-commands.ts';
import { ConsoleDoor } from './console-door.ts';
import type { ShellOptions } from './shell-session.ts';

/** A shell of a healthy node on which nobody need log in, and which can do nothing. */
export function shellOptions(changes: Partial<ShellOptions> = {}): ShellOptions {
  return {
    node: { facts: () => healthyFacts() },
    controls: { restartCamera: () => false, takeOverSettings: async () => ({ refused: [] }) },
    commands: consoleCommands,
    door: new ConsoleDoor({ idleMs: 600_000, log: silentLog }),
    log: silentLog,
    ...changes,
  };
}
