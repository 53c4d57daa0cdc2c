import { type ChildProcess, fork } from 'node:child_process';
import { type MessageFromWorker, type MessageToWorker, parseFromWorker, versioned } from './worker-messages.ts';

/** How a worker's process ended. */
export interface WorkerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface WorkerChildEvents {
  onMessage(message: MessageFromWorker): void;
  /** Something came that is no message of ours; what it was is not looked at any further. */
  onRefused(): void;
}

/** One life of a worker's process, as its supervisor sees it. It never throws: a dead child is an exit, not an error. */
export class WorkerChild {
  readonly #child: ChildProcess | null;
  /** Settles when the process is gone, or could not be started at all. */
  readonly exited: Promise<WorkerExit>;

  constructor(file: string, events: WorkerChildEvents) {
    const child = forked(file);
    this.#child = child;
    this.exited = new Promise((resolve) => {
      child?.once('exit', (code, signal) => resolve({ code, signal }));
      child?.on('error', () => {
        if (child.pid === undefined) resolve({ code: null, signal: null });
      });
      if (child === null) resolve({ code: null, signal: null });
    });
    child?.on('message', (raw) => {
      const message = parseFromWorker(raw);
      if (message === null) events.onRefused();
      else events.onMessage(message);
    });
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** False when the channel is closed already. */
  send(message: MessageToWorker): boolean {
    if (!this.#child?.connected) return false;
    this.#child.send(versioned(message), () => undefined);
    return true;
  }

  /** Asks it to finish what is open. */
  stop(): void {
    this.#child?.kill('SIGTERM');
  }

  /** Lets go of it: a healthy worker ends when its channel closes. */
  disconnect(): void {
    if (this.#child?.connected) this.#child.disconnect();
  }

  /** Ends it whatever it does. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }
}

/** Null when there is no memory for a process (ENOMEM): Node throws that, where it tells most other failures by an event. */
function forked(file: string): ChildProcess | null {
  try {
    // Its output is not ours to keep: a native library may print addresses with passwords. What it has to say it says in messages.
    return fork(file, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [],
    });
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    return null;
  }
}
