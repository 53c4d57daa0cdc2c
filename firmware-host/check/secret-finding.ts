import { constants } from 'node:fs';
import { join, sep } from 'node:path';
import { elsewhere } from './elsewhere.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { may } from './may.ts';
import { statOf } from './stat-of.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A secret that others on this machine can read is none. */
export function secretFinding(item: string, file: string, environment: Environment = process.env): Finding {
  const away = elsewhere(item, [file]);
  if (away !== null) return away;
  const status = statOf(file);
  if (status === 'missing') return fail(item, `${file} is not there`, 'put it there, with mode 600');
  if ('reason' in status) return fail(item, `${file}: ${status.reason}`, 'correct its path, or the rights on its way');
  if (!status.isFile()) return fail(item, `${file} is no file`, 'put a file there, with mode 600');
  if (!may(file, constants.R_OK)) return fail(item, `${file} cannot be read`, 'give it to the user that runs the node');
  if (status.size === 0) return fail(item, `${file} is empty`, 'put the secret into it');
  const mode = (status.mode & 0o777).toString(8);
  if ((status.mode & 0o007) !== 0)
    return fail(item, `${file} can be read by everybody here (mode ${mode})`, `chmod 600 ${file}`);
  if ((status.mode & 0o070) !== 0 && !isCredential(file, environment))
    return warn(item, `${file} is open to its group (mode ${mode})`, `chmod 600 ${file}`);
  return ok(item, file);
}

/** Of a credential the group's bits say what one user's entry in systemd's access list may, and no group is let in. */
function isCredential(file: string, { CREDENTIALS_DIRECTORY: folder }: Environment): boolean {
  return folder ? file.startsWith(join(folder, sep)) : false;
}
