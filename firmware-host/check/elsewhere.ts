import { credentialName } from '../../config/credential.ts';
import { type Finding, warn } from './finding.ts';

/** What is said of a part whose files are credentials that only the service has; null where all of them may be looked at. */
export function elsewhere(item: string, files: readonly (string | undefined)[]): Finding | null {
  const away = files.filter((file) => file !== undefined && credentialName(file) !== null);
  if (away.length === 0) return null;
  return warn(
    item,
    `${[...new Set(away)].join(', ')} cannot be looked at from here, the service alone has it`,
    'let the service look when it starts: ExecStartPre=-anpr-node check --config FILE',
  );
}
