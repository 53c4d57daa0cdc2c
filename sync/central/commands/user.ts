import type { Command } from 'commander';
import { addUserCommand } from '../../log-in/user-command.ts';
import { roles } from '../web/officers.ts';

/** Where users are kept unless somebody says otherwise; `serve` looks there too. */
export const usualUserFile = 'users.json';

/** `anpr-central user`: who may log in to the page. */
export function addWebUserCommand(program: Command): void {
  addUserCommand(program, {
    what: 'the page',
    roles,
    usualRole: 'officer',
    addFileOptions: (command) => command.option('--users <file>', 'file of users', usualUserFile),
    fileOf: ({ users }: { readonly users: string }) => users,
  });
}
