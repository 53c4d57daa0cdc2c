import type { ConsoleCommand, LookingCommand } from '../console-command.ts';
import { textTable } from '../text-table.ts';

/** Explains these commands and the keys. */
export function help(commands: readonly ConsoleCommand[]): LookingCommand {
  const self: LookingCommand = {
    name: 'help',
    summary: 'this text',
    run: () => [
      ...textTable([...commands, self].map(({ name, summary }) => [name, summary])),
      'exit      leave',
      '',
      'Tab completes, arrow keys edit and recall, Ctrl-U empties the line.',
    ],
  };
  return self;
}
