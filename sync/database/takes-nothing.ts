import { utimesSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDiskFull } from './is-full.ts';

/**
 * Whether a disk took nothing of what was to be written: it is full, read-only, as Linux makes a file system that it finds
 * damaged, or fails at each write. An ordinary outcome for whoever can wait, or keep it elsewhere.
 */
export function takesNothing(error: unknown): boolean {
  if (isDiskFull(error)) return true;
  if (!(error instanceof Error) || !('code' in error)) return false;
  const code = String(error.code);
  return code.startsWith('SQLITE_READONLY') || writeFailures.includes(code);
}

// Files that are open already when the disk turns read-only are refused under other names than those that are opened then.
const writeFailures: readonly string[] = [
  'SQLITE_IOERR_WRITE',
  'SQLITE_IOERR_FSYNC',
  'SQLITE_IOERR_DIR_FSYNC',
  'SQLITE_IOERR_TRUNCATE',
  'EROFS',
  'EIO',
];

/**
 * Whether a path lies on a read-only disk. SQLite's own word for a file that it cannot make there (SQLITE_CANTOPEN) is also that for
 * a folder which does not exist.
 */
export function onReadOnlyDisk(path: string): boolean {
  const now = new Date();
  try {
    // ext4 that has stopped itself after an error still says that its folders may be written; and this takes no room.
    utimesSync(dirname(path), now, now);
    return false;
  } catch (error) {
    return ['EROFS', 'EIO'].includes(String((error as NodeJS.ErrnoException).code));
  }
}
