/** Whether SQLite found no room: an ordinary outcome for whoever can make some, unlike every other database error. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_FULL';
}
