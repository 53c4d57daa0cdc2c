import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** Whether this machine can make pseudo-terminals for tests. */
export function socatInstalled(): boolean {
  return spawnSync('socat', ['-V'], { stdio: 'ignore' }).error === undefined;
}

/** Two pseudo-terminals joined by socat, standing in for a serial cable that can be pulled and plugged in again. */
export class SerialCable {
  readonly nodeEnd: string;
  readonly laptopEnd: string;
  #socat: ChildProcess | null = null;

  constructor(folder: string) {
    this.nodeEnd = `${folder}/node-tty`;
    this.laptopEnd = `${folder}/laptop-tty`;
  }

  async plugIn(): Promise<void> {
    const end = (link: string): string => `pty,raw,echo=0,link=${link}`;
    const socat = spawn('socat', ['-d', '-d', end(this.nodeEnd), end(this.laptopEnd)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#socat = socat;
    let said = '';
    for await (const chunk of socat.stderr) {
      said += String(chunk);
      if (said.includes('starting data transfer loop')) break;
    }
    if (!said.includes('starting data transfer loop')) throw new Error(`socat did not start: ${said}`);
  }

  async pullOut(): Promise<void> {
    const socat = this.#socat;
    this.#socat = null;
    if (socat === null || socat.exitCode !== null || socat.signalCode !== null) return;
    const exited = once(socat, 'exit');
    socat.kill('SIGTERM');
    await exited;
  }
}
