import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { LogFields } from '../../../config/foundation/log.ts';
import { partName } from '../../audit/audit-files.ts';
import { unwritable } from '../../audit/shared-audit-log.ts';
import type { Manifest } from '../../lists/manifest.ts';
import { beginFolder } from '../lists/begun-folder.ts';
import { ListFolder } from '../lists/list-folder.ts';
import { openCentreAudit } from './centre-audit.ts';

/** Writes down that something was done with a list, which is now as its manifest says. */
export type NoteChange = (
  done: 'build' | 'publish' | 'rotate' | 'revoke',
  manifest: Manifest,
  more?: LogFields,
) => void;

/** Lets every command of `list` say where changes are written down. */
export function addListAuditOption(list: Command): void {
  list.option('--audit <folder>', "where changes are written down (default: audit/ in the list's folder)");
}

/**
 * Has a command change the list at `path` once its hash-chained log is known to take records. Whoever acts notes each step as soon as it
 * is done, so that it is written down whatever becomes of the next. Throws `audit/unwritable` before anything is done.
 */
export async function underAudit(
  command: Command,
  path: string,
  act: (note: NoteChange) => Promise<void>,
): Promise<void> {
  const { audit, dryRun } = command.optsWithGlobals<{ audit?: string; dryRun?: true }>();
  // Who only tries changes nothing, and makes no folder either.
  if (dryRun === true) return await act(() => undefined);
  const folder = audit ?? join(path, 'audit');
  const undo = begin(folder);
  try {
    const log = openCentreAudit(folder);
    await act((done, manifest, more = {}) => log.record(`list/${done}`, { ...factsOf(manifest), ...more }));
  } finally {
    // Where no list came about, its folder is not left behind with an empty log.
    if (audit === undefined && new ListFolder(path).manifest() === null) undo();
  }
}

function begin(folder: string): () => void {
  try {
    return beginFolder(folder, ['in-use', partName(1)]);
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

/** The reason is the manifest's own: what was signed counts, not what a command was told. */
function factsOf(manifest: Manifest): LogFields {
  const { authority, list, generation, version } = manifest;
  const reason = manifest.state === 'revoked' ? { reason: manifest.reason } : {};
  return { authority, list, generation, version, by: userInfo().username, ...reason };
}
