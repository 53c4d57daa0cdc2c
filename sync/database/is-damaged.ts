/**
 * Whether SQLite found a file that is no database, one whose pages contradict each other, or one that the disk cannot give
 * back (a bad sector).
 */
export function isDamaged(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code.startsWith('SQLITE_CORRUPT') ||
    ['SQLITE_NOTADB', 'SQLITE_IOERR_READ', 'SQLITE_IOERR_SHORT_READ'].includes(code)
  );
}

/**
 * Whether a file that was there already could not be read: damaged, or what it says of its own tables makes no sense, or no
 * sense to a statement that every sound file answers. SQLite's words for that (SQLITE_ERROR) are also those for a statement that is
 * wrong, so this is to be asked only of statements whose worth a sound file has shown.
 */
export function isUnreadable(error: unknown): boolean {
  return isDamaged(error) || ['SQLITE_ERROR', 'SQLITE_TOOBIG'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
