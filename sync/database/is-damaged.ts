/**
 * Whether SQLite found a file that is no database, one whose pages contradict each other, or one that the disk cannot give
 * back (a bad sector).
 */
export function isDamaged(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  const code = String(error.code);
  return (
    code.startsWith('SQLITE_CORRUPT') ||
    ['SQLITE_NOTADB', 'SQLITE_IOERR_READ', 'SQLITE_IOERR_SHORT_READ'].includes(code)
  );
}
