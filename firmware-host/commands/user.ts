import type { Command } from 'commander';
import { Fault } from '../../config/foundation/fault.ts';
import { loadNodeSettings } from '../../config/load-node-settings.ts';
import { addUserCommand } from '../../sync/log-in/user-command.ts';
import { consoleRoles } from '../console/technician.ts';

interface FileChoice {
  readonly users?: string;
  readonly config: string;
}

/** `anpr-node user`: who may log in to the console. */
export function addConsoleUserCommand(program: Command): void {
  addUserCommand(program, {
    what: "the technician's console",
    roles: consoleRoles,
    usualRole: 'technician',
    addFileOptions: (command) =>
      command
        .option('-c, --config <file>', 'settings of the node, which name the file of users', '/etc/anpr-node/node.yaml')
        .option('--users <file>', 'another file of users'),
    fileOf,
  });
}

function fileOf({ users, config }: FileChoice): string {
  const file = users ?? loadNodeSettings(config).console.usersFile;
  if (file === undefined)
    throw new Fault('users/no-file', `${config} names no file of users: set console.usersFile, or say --users FILE`);
  return file;
}
