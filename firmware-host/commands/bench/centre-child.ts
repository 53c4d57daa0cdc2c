import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Starts the centre's program with a store in this folder and the register of nodes beside it. */
export function startCentre(file: string, folder: string, url: string): ChildProcess {
  const files = ['--store', join(folder, 'hits.sqlite'), '--node-keys', join(folder, 'node-keys')];
  return spawn(process.execPath, [file, 'hits', '--broker', url, ...files, '--json', '--no-pictures'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Whether a process is gone, of itself or by a signal. */
export function isGone({ exitCode, signalCode }: Pick<ChildProcess, 'exitCode' | 'signalCode'>): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Ends a process and waits until it is gone; one that is gone already tells nobody so again. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (isGone(child)) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}
