import type { Log } from '../../../config/foundation/log.ts';
import { SharedAuditLog } from '../../audit/shared-audit-log.ts';
import { tell } from './output.ts';

/** The name under which every log of the centre is verified: `anpr-central audit verify FOLDER --owner centre`. */
const owner = 'centre';

/** The name and meaning of `--audit`, the same for the officers' page and for every command that works with hits. */
export const auditOption = [
  '--audit <folder>',
  'where log-ins and what is done with hits are written down, see anpr-central audit',
  'audit',
] as const;

const onStandardError: Log = { event: (_, what, fields = {}) => tell(`warning: ${what} ${JSON.stringify(fields)}`) };

/** The centre's audit log in a folder, which others may be writing into as well. Throws `audit/unwritable`. */
export function openCentreAudit(folder: string, log: Log = onStandardError): SharedAuditLog {
  return SharedAuditLog.open({ folder, owner, log });
}
