import { type ChildProcess, fork, type Serializable } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { Fault } from './fault.ts';

type Told<Message, Tell> = Extract<Message, { readonly tell: Tell }>;

/**
 * A process that does a part of a longer work for this one and tells of it, seen from here. Both ends are this program, so messages are not
 * checked. The role that it is given is its first message, for a role may be longer than a program's arguments.
 */
export class HelperProcess<FromHelper extends { readonly tell: string }, ToHelper extends Serializable = never> {
  readonly startedMs = Date.now();
  readonly #file: string;
  readonly #child: ChildProcess;
  readonly #messages: FromHelper[] = [];
  readonly #waiting = new Set<() => void>();
  /** Settles once it is gone and all that it told has come. */
  readonly #gone: Promise<void>;
  #ended: string | null = null;

  constructor(file: string, role: object) {
    this.#file = file;
    this.#child = fork(file, [], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#child.on('message', (message) => {
      this.#messages.push(message as FromHelper);
      this.#wake();
    });
    this.#gone = Promise.all([once(this.#child, 'exit'), once(this.#child, 'disconnect')]).then(([[code, signal]]) => {
      this.#ended = signal ?? `code ${code}`;
      this.#wake();
    });
    this.#send(role);
  }

  /** The next message of a kind that fits; messages are taken in turn. Fault: `helper/ended`. */
  async told<Tell extends FromHelper['tell']>(
    tell: Tell,
    fits: (message: Told<FromHelper, Tell>) => boolean = () => true,
  ): Promise<Told<FromHelper, Tell>> {
    return (await this.#take((one) => one.tell === tell && fits(one as Told<FromHelper, Tell>))) as Told<
      FromHelper,
      Tell
    >;
  }

  /** The next message, whatever it tells. Fault: `helper/ended`. */
  async next(): Promise<FromHelper> {
    return await this.#take(() => true);
  }

  ask(message: ToHelper): void {
    this.#send(message);
  }

  /** Resolves when it is gone. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.#ended === null) this.#child.kill(signal);
    await this.#gone;
  }

  async #take(fits: (message: FromHelper) => boolean): Promise<FromHelper> {
    for (;;) {
      const at = this.#messages.findIndex(fits);
      const message = this.#messages[at];
      if (message !== undefined) {
        this.#messages.splice(at, 1);
        return message;
      }
      if (this.#ended !== null) throw new Fault('helper/ended', `${basename(this.#file)} ended: ${this.#ended}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #send(message: Serializable): void {
    // That it is gone already is told to whoever waits for its answer.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
