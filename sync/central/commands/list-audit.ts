import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { ListFolder } from '../lists/list-folder.ts';
import { openCentreAudit } from './centre-audit.ts';

const audited: ReadonlySet<string> = new Set(['build', 'publish', 'rotate', 'revoke']);

interface ListOptions {
  readonly audit?: string;
  readonly out?: string;
  readonly dryRun?: true;
  readonly reason?: string;
}

/** Has each command that changes a list written down in a hash-chained log, beside the list unless `--audit` says where. */
export function auditListCommands(list: Command): void {
  list.option('--audit <folder>', "where changes are written down (default: audit/ in the list's folder)");
  list.hook('postAction', (_, command) => {
    const options = command.optsWithGlobals<ListOptions>();
    const path = options.out ?? command.args[0];
    // What ended with bad rows, or only tried, changed nothing.
    if (!audited.has(command.name()) || path === undefined || options.dryRun || process.exitCode) return;
    const manifest = new ListFolder(path).builtManifest();
    const facts = {
      authority: manifest.authority,
      list: manifest.list,
      generation: manifest.generation,
      version: manifest.version,
      by: userInfo().username,
      ...(options.reason === undefined ? {} : { reason: options.reason }),
    };
    openCentreAudit(options.audit ?? join(path, 'audit')).record(`list/${command.name()}`, facts);
  });
}
