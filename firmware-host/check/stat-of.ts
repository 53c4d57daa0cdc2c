import { type Stats, statSync } from 'node:fs';

/** What stands at a path; missing, or why that cannot be told. */
export type StatOutcome = Stats | 'missing' | { readonly reason: string };

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not look there',
  ELOOP: 'its links lead in a circle',
  ENOTDIR: 'its path leads through a file',
};

/** Looks at a path. What stands in the way is a finding and no end of the check. */
export function statOf(path: string): StatOutcome {
  try {
    return statSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === '') throw error;
    return code === 'ENOENT' ? 'missing' : { reason: reasons[code] ?? code };
  }
}
