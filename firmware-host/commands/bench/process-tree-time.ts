import { readdirSync, readFileSync } from 'node:fs';

/** Linux gives processor time in hundredths of a second (USER_HZ, proc(5)), whatever the kernel's own tick is. */
const ticksPerSecond = 100;

/**
 * Processor seconds that a process and all that descend from it have used so far, by what `group` calls each; null where the
 * system has no /proc.
 */
export function processTreeSeconds(
  root: number,
  group: (pid: number) => string,
  folder = '/proc',
): ReadonlyMap<string, number> | null {
  const processes = new Map<number, { readonly parent: number; readonly seconds: number }>();
  try {
    for (const name of readdirSync(folder)) {
      if (/^\d+$/.test(name)) processes.set(Number(name), statOf(`${folder}/${name}/stat`));
    }
  } catch {
    return null;
  }
  const seconds = new Map<string, number>();
  for (const [pid, { seconds: own }] of processes) {
    if (!descends(pid, root, processes)) continue;
    seconds.set(group(pid), (seconds.get(group(pid)) ?? 0) + own);
  }
  return seconds;
}

/** Fields 4, 14 and 15 of proc(5), counted after the name, which may hold spaces and brackets. */
function statOf(path: string): { readonly parent: number; readonly seconds: number } {
  try {
    const text = readFileSync(path, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), seconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond };
  } catch {
    // It ended between the listing and the reading.
    return { parent: 0, seconds: 0 };
  }
}

function descends(pid: number, root: number, processes: ReadonlyMap<number, { readonly parent: number }>): boolean {
  for (let at: number | undefined = pid; at !== undefined && at > 0; at = processes.get(at)?.parent)
    if (at === root) return true;
  return false;
}
