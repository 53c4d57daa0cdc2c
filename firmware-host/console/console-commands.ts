import { cameras } from './commands/cameras.ts';
import { help } from './commands/help.ts';
import { link } from './commands/link.ts';
import { lists } from './commands/lists.ts';
import { outcomes } from './commands/outcomes.ts';
import { reload } from './commands/reload.ts';
import { restart } from './commands/restart.ts';
import { status } from './commands/status.ts';
import { version } from './commands/version.ts';
import type { ConsoleCommand } from './console-command.ts';

const words = [status, cameras, lists, outcomes, link, version, restart, reload];

/** Everything the console can be asked; adding a command touches this list and its own file. */
export const consoleCommands: readonly ConsoleCommand[] = [...words, help(words)];
