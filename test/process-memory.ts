import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { processTreeSeconds } from '../firmware-host/commands/bench/process-tree-time.ts';
import { eventually } from './eventually.ts';

/** Looks into Node.js processes that were started with its `environment`. */
export class ProcessMemory {
  readonly #folder: string;
  /** Makes a process write what is in its heap at SIGUSR2, and a diagnostic report, as at a crash, at SIGQUIT. */
  readonly environment: Readonly<Record<string, string>>;

  constructor(folder: string) {
    mkdirSync(folder);
    this.#folder = folder;
    this.environment = {
      NODE_OPTIONS: `--heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${folder} --report-on-signal --report-signal=SIGQUIT --report-uncaught-exception --report-on-fatalerror --report-directory=${folder}`,
    };
  }

  /** All strings and objects that the process can still reach, as V8 writes them down after collecting its garbage. */
  async heap(pid: number): Promise<Buffer> {
    return await this.#written(pid, 'SIGUSR2', (name) => name.includes(`.${pid}.`) && name.endsWith('.heapsnapshot'));
  }

  /**
   * The same of a process that another one watches, which is stopped meanwhile: on a slow machine it would take the writing for
   * a hang.
   */
  async heapUnwatched(pid: number, watcher: number): Promise<Buffer> {
    process.kill(watcher, 'SIGSTOP');
    try {
      return await this.heap(pid);
    } finally {
      process.kill(watcher, 'SIGCONT');
    }
  }

  /** What a crash would leave behind. */
  async report(pid: number): Promise<Buffer> {
    return await this.#written(pid, 'SIGQUIT', (name) => name.includes(`.${pid}.`) && name.endsWith('.json'));
  }

  /** Everything that was written without being asked for too. */
  files(): readonly string[] {
    return readdirSync(this.#folder).map((name) => join(this.#folder, name));
  }

  async #written(pid: number, signal: NodeJS.Signals, isIt: (name: string) => boolean): Promise<Buffer> {
    const before = new Set(readdirSync(this.#folder));
    const fresh = () => readdirSync(this.#folder).find((name) => isIt(name) && !before.has(name));
    process.kill(pid, signal);
    let bytes = -1;
    await eventually(
      `process ${pid} has answered ${signal}`,
      () => {
        // Throws when the process is gone: it would never answer.
        process.kill(pid, 0);
        const name = fresh();
        if (name === undefined) return false;
        const { size } = statSync(join(this.#folder, name));
        const done = size > 0 && size === bytes && endsWhole(readFileSync(join(this.#folder, name)));
        bytes = size;
        return done;
      },
      120_000,
    );
    return readFileSync(join(this.#folder, fresh() ?? ''));
  }
}

/** The processes that descend from this one. */
export function descendantsOf(pid: number): readonly number[] {
  const all = processTreeSeconds(pid, String) ?? new Map<string, number>();
  return [...all.keys()].map(Number).filter((one) => one !== pid);
}

/** Both kinds of file are one JSON object. */
function endsWhole(bytes: Buffer): boolean {
  return /\}\s*$/.test(bytes.subarray(-8).toString('latin1'));
}
