import { fstatSync, readFileSync } from 'node:fs';

/** Of this process's own network; an address of IPv6 is in the second. */
const tables = ['/proc/self/net/tcp', '/proc/self/net/tcp6'];
/** Columns of both (https://docs.kernel.org/networking/proc_net_tcp.html). */
const queuesColumn = 4;
const inodeColumn = 9;

/**
 * How many of a TCP connection's bytes the system has taken and the other end has not acknowledged yet, sent or not; null where
 * the system does not tell, as any but Linux.
 */
export function unacknowledgedBySystem(fd: number): number | null {
  try {
    const inode = String(fstatSync(fd).ino);
    for (const table of tables) {
      const row = readFileSync(table, 'utf8')
        .split('\n')
        .filter((line) => line.includes(` ${inode} `))
        .map((line) => line.trim().split(/\s+/))
        .find((columns) => columns[inodeColumn] === inode);
      const bytes = Number.parseInt(row?.[queuesColumn] ?? '', 16);
      if (!Number.isNaN(bytes)) return bytes;
    }
  } catch {
    // No /proc here, or a connection that has just ended: whoever asks has what Node itself knows.
  }
  return null;
}
