/**
 * Whether there was no room: an ordinary outcome for whoever can make some, unlike every other database error.
 * SQLite says SQLITE_FULL, but for the shared-memory file beside the database it has another word; files of our own say ENOSPC,
 * or EDQUOT where a quota is the limit.
 */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return ['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC', 'EDQUOT'].includes(String(error.code));
}
