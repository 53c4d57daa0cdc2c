import { type Command, InvalidArgumentError, Option } from 'commander';
import { Fault } from '../../../config/foundation/fault.ts';
import { hashPassword, passwordProblem } from '../web/password.ts';
import { readPassword } from '../web/read-password.ts';
import { type Role, roles, UserFile, userName } from '../web/user-file.ts';

/** Where users are kept unless somebody says otherwise; `serve` looks there too. */
export const usualUserFile = 'users.json';

interface UserOptions {
  readonly users: string;
}

/** `anpr-central user`: who may log in to the page. There is no user until somebody adds one. */
export function addUserCommand(program: Command): void {
  const user = program.command('user').description('who may log in to the page: add, list, remove');
  withFile(user.command('add'))
    .description(
      'let somebody log in, or give him a new password or role; the password is typed, or piped in as one line',
    )
    .argument('<name>', 'lower-case letters, digits, dots and hyphens; it stands beside all that he does', readName)
    .addOption(new Option('--role <role>', 'what he may do').choices([...roles]).default('officer'))
    .action(async (name: string, { users, role }: UserOptions & { role: Role }) => {
      const file = new UserFile(users);
      const before = file.find(name);
      file.put(name, role, await hashPassword(await newPassword(name)), Date.now());
      print(`${before ? 'changed' : 'added'} ${name} (${role}) in ${users}${before ? '; his sessions are over' : ''}`);
    });
  withFile(user.command('list'))
    .description('list them')
    .option('--json', 'one JSON object a line')
    .action(({ users, json }: UserOptions & { json?: true }) => {
      for (const { name, role, changedAt } of new UserFile(users).users())
        print(json ? JSON.stringify({ name, role, changedAt }) : `${name.padEnd(24)} ${role.padEnd(8)} ${changedAt}`);
    });
  withFile(user.command('remove'))
    .description('end his sessions at once and let him in no more; what he did stays in the record')
    .argument('<name>', 'as it was added', readName)
    .action((name: string, { users }: UserOptions) => {
      if (!new UserFile(users).remove(name)) throw new Fault('users/unknown', `${users} has no user ${name}`);
      print(`removed ${name}`);
    });
}

function withFile(command: Command): Command {
  return command.option('--users <file>', 'file of users', usualUserFile);
}

async function newPassword(name: string): Promise<string> {
  const terminal = { input: process.stdin, output: process.stderr };
  const password = await readPassword(`new password for ${name}`, terminal);
  const problem = passwordProblem(password, name);
  if (problem) throw new Fault('users/weak-password', `this password ${problem}; nothing was changed`);
  if (process.stdin.isTTY && (await readPassword('the same again', terminal)) !== password)
    throw new Fault('users/mistyped', 'these were two passwords; nothing was changed');
  return password;
}

function readName(text: string): string {
  const name = userName.safeParse(text);
  if (!name.success) throw new InvalidArgumentError('It has 2 to 32 lower-case letters, digits, dots and hyphens.');
  return name.data;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
