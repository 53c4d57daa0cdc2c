import { Fault } from '../../config/foundation/fault.ts';
import type { NodeSettings } from '../../config/node-settings.ts';
import { openConsoleUsers } from '../console/technician.ts';
import { elsewhere } from './elsewhere.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { statOf } from './stat-of.ts';

/** Who may sit at the console: somebody by name, or anybody. */
export function checkConsoleUsers({ console: { usersFile, serialPort } }: NodeSettings): Finding {
  const item = 'console users';
  const add = 'anpr-node user add NAME --config FILE, as the user that runs the node';
  if (usersFile === undefined) {
    const found = 'no log-in: anybody may look, and nobody restart a camera or take over settings';
    const advice = `name console.usersFile, then: ${add}`;
    return serialPort === undefined ? ok(item, found) : warn(item, `${found}, the serial line included`, advice);
  }
  const away = elsewhere(item, [usersFile]);
  if (away !== null) return away;
  const there = statOf(usersFile);
  if (there === 'missing') return fail(item, `${usersFile} lets nobody in`, add);
  if ('reason' in there)
    return fail(item, `${usersFile}: ${there.reason}`, 'correct console.usersFile, or the rights on its way');
  try {
    const users = openConsoleUsers(usersFile).users();
    if (users.length === 0) return fail(item, `${usersFile} lets nobody in`, add);
    if ((there.mode & 0o077) !== 0) return warn(item, `${usersFile} can be read by others`, `chmod 600 ${usersFile}`);
    const engineers = users.filter(({ role }) => role === 'engineer').length;
    return ok(item, `${usersFile}: ${users.length} may log in, ${engineers} of them as engineer`);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return fail(item, error.message, `give it to the user that runs the node, or make it anew: ${add}`);
  }
}
