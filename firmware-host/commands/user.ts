import type { Command } from 'commander';
import { credentialName } from '../../config/credential.ts';
import { Fault } from '../../config/foundation/fault.ts';
import { loadSettingsOutsideService } from '../../config/settings-outside-service.ts';
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
  const file = users ?? loadSettingsOutsideService(config).console.usersFile;
  if (file === undefined)
    throw new Fault('users/no-file', `${config} names no file of users: set console.usersFile, or say --users FILE`);
  if (credentialName(file) !== null)
    throw new Fault(
      'users/credential',
      `${config} has its users from ${file}, which nothing here can read or write: name a file in console.usersFile, or say --users FILE`,
    );
  return file;
}
