import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Fault } from '../../../config/foundation/fault.ts';
import type { BenchRole, FromChild, ToChild } from './bench-messages.ts';

type Told<T extends FromChild['tell']> = Extract<FromChild, { tell: T }>;

/** One process of the benchmark, seen from the one that measures. */
export class BenchChild {
  readonly #child: ChildProcess;
  readonly #messages: FromChild[] = [];
  readonly #waiting = new Set<() => void>();
  #ended: string | null = null;
  readonly startedMs = Date.now();

  constructor(file: string, role: BenchRole) {
    this.#child = fork(file, [JSON.stringify(role)], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#child.on('message', (message) => {
      this.#messages.push(message as FromChild);
      this.#wake();
    });
    this.#child.once('exit', (code, signal) => {
      this.#ended = signal ?? `code ${code}`;
      this.#wake();
    });
  }

  /** The next message of a kind that fits; messages are taken in turn. Throws `bench/child-ended`. */
  async told<T extends FromChild['tell']>(tell: T, fits: (message: Told<T>) => boolean = () => true): Promise<Told<T>> {
    for (;;) {
      const at = this.#messages.findIndex((one) => one.tell === tell && fits(one as Told<T>));
      if (at >= 0) return this.#messages.splice(at, 1)[0] as Told<T>;
      if (this.#ended !== null)
        throw new Fault('bench/child-ended', `a process of the benchmark ended: ${this.#ended}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  ask(message: ToChild): void {
    this.#child.send(message);
  }

  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.#ended !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exit;
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
