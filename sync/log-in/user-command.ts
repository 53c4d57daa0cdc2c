import { type Command, InvalidArgumentError, Option } from 'commander';
import { Fault } from '../../config/foundation/fault.ts';
import { newPassword } from './new-password.ts';
import { hashPassword } from './password.ts';
import { UserFile, userName } from './user-file.ts';

/** Whose log-in these users are for. */
export interface UserCommandOptions<Role extends string, Chosen> {
  /** What they may log in to, in words. */
  readonly what: string;
  readonly roles: readonly [Role, ...Role[]];
  readonly usualRole: Role;
  /** Options that say which file of users. */
  readonly addFileOptions: (command: Command) => Command;
  readonly fileOf: (chosen: Chosen) => string;
}

/** `user add | list | remove`: who may log in. There is no user until somebody adds one. */
export function addUserCommand<Role extends string, Chosen>(
  program: Command,
  { what, roles, usualRole, addFileOptions, fileOf }: UserCommandOptions<Role, Chosen>,
): void {
  const user = program.command('user').description(`who may log in to ${what}: add, list, remove`);
  const open = (chosen: Chosen) => new UserFile(fileOf(chosen), roles);
  addFileOptions(user.command('add'))
    .description(
      'let somebody log in, or give him a new password or role; the password is typed, or piped in as one line',
    )
    .argument('<name>', 'lower-case letters, digits, dots and hyphens; it stands beside all that he does', readName)
    .addOption(new Option('--role <role>', 'what he may do').choices(roles).default(usualRole))
    .action(async (name: string, chosen: Chosen & { role: Role }) => {
      const file = open(chosen);
      const before = file.find(name);
      const password = await newPassword(name, { input: process.stdin, output: process.stderr });
      file.put(name, chosen.role, await hashPassword(password), Date.now());
      const outcome = `${before ? 'changed' : 'added'} ${name} (${chosen.role}) in ${fileOf(chosen)}`;
      print(before ? `${outcome}; his sessions are over` : outcome);
    });
  addFileOptions(user.command('list'))
    .description('list them')
    .option('--json', 'one JSON object a line')
    .action((chosen: Chosen & { json?: true }) => {
      for (const { name, role, changedAt } of open(chosen).users())
        print(
          chosen.json
            ? JSON.stringify({ name, role, changedAt })
            : `${name.padEnd(24)} ${role.padEnd(10)} ${changedAt}`,
        );
    });
  addFileOptions(user.command('remove'))
    .description('end his sessions at once and let him in no more; what he did stays in the record')
    .argument('<name>', 'as it was added', readName)
    .action((name: string, chosen: Chosen) => {
      if (!open(chosen).remove(name)) throw new Fault('users/unknown', `${fileOf(chosen)} has no user ${name}`);
      print(`removed ${name}`);
    });
}

function readName(text: string): string {
  const name = userName.safeParse(text);
  if (!name.success) throw new InvalidArgumentError('It has 2 to 32 lower-case letters, digits, dots and hyphens.');
  return name.data;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
