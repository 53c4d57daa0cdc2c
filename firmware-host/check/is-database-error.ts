/** Whether SQLite could not do its work on a file, such as open it for the user that checks. */
export function isDatabaseError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_');
}
