import { Fault } from '../../config/foundation/fault.ts';
import { passwordProblem } from './password.ts';
import { type PasswordTerminal, readPassword } from './read-password.ts';

/** A new password for this name: typed twice, or piped in as one line. Throws `users/weak-password`, `users/mistyped`. */
export async function newPassword(name: string, terminal: PasswordTerminal): Promise<string> {
  const password = await readPassword(`new password for ${name}`, terminal);
  const problem = passwordProblem(password, name);
  if (problem) throw new Fault('users/weak-password', `this password ${problem}; nothing was changed`);
  if (terminal.input.isTTY && (await readPassword('the same again', terminal)) !== password)
    throw new Fault('users/mistyped', 'these were two passwords; nothing was changed');
  return password;
}
