import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { ClockState } from './node-facts.ts';

export interface ClockSources {
  /** systemd-timesyncd's folder; it puts a file `synchronized` there once a server answered, which stays though the server falls silent. */
  readonly timesyncFolder?: string;
  /** A program that prints the kernel's own word (adjtimex, so chrony and ntpd count too). */
  readonly command?: readonly [program: string, ...parameters: string[]];
}

/** Whether the clock is kept by a time server; `unknown` on systems that do not tell. */
export async function clockState(sources: ClockSources = {}): Promise<ClockState> {
  if (existsSync(`${sources.timesyncFolder ?? '/run/systemd/timesync'}/synchronized`)) return 'synchronised';
  const [program, ...parameters] = sources.command ?? ['timedatectl', 'show', '--property=NTPSynchronized', '--value'];
  const answer = await said(program, parameters);
  if (answer === 'yes') return 'synchronised';
  return answer === 'no' ? 'not-synchronised' : 'unknown';
}

/** What a program prints; nothing when it fails. */
function said(program: string, parameters: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    try {
      execFile(program, parameters, { timeout: 2_000 }, (error, stdout) => resolve(error ? '' : stdout.trim()));
    } catch (error) {
      // Node calls back for a program that is missing, and throws where there is no memory for one (ENOMEM).
      if (!(error instanceof Error && 'syscall' in error)) throw error;
      resolve('');
    }
  });
}
