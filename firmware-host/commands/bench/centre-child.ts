import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

/** Starts the centre's program with a store in this folder and the register of nodes beside it. */
export function startCentre(file: string, folder: string, url: string): ChildProcess {
  const files = ['--store', join(folder, 'hits.sqlite'), '--node-keys', join(folder, 'node-keys')];
  return spawn(process.execPath, [file, 'hits', '--broker', url, ...files, '--json', '--no-pictures'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
