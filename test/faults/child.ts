import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type Words = Readonly<Record<string, unknown>>;

/** A part of the campaign in a process of its own, which can be killed at any moment. */
export class Child {
  readonly #process: ChildProcess;
  readonly #asked = new Map<number, { resolve(words: Words): void; reject(error: Error): void }>();
  readonly #ended: Promise<void>;
  #number = 0;
  #killed = false;

  /** `hear` gets what the child says unasked. */
  static async start(program: string, settings: Words, hear: (words: Words) => void): Promise<Child> {
    const child = new Child(program, settings, hear);
    await child.ask('ready');
    return child;
  }

  private constructor(program: string, settings: Words, hear: (words: Words) => void) {
    this.#process = spawn(process.execPath, [program, JSON.stringify(settings)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#process.stdin?.on('error', () => undefined);
    createInterface({ input: this.#process.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const words: Words = JSON.parse(line);
      const asked = typeof words.number === 'number' ? this.#asked.get(words.number) : undefined;
      if (asked === undefined) return hear(words);
      this.#asked.delete(Number(words.number));
      asked.resolve(words);
    });
    this.#ended = new Promise((resolve) => {
      // `close` and not `exit`: its last words are read by then.
      this.#process.once('close', (code) => {
        const reason = this.#killed ? new ChildKilled() : new Error(`${program} ended with code ${code}`);
        for (const { reject } of this.#asked.values()) reject(reason);
        this.#asked.clear();
        resolve();
      });
    });
  }

  /** Rejects with ChildKilled when the child is killed before it answers. */
  ask(command: string, parameters: Words = {}): Promise<Words> {
    if (this.#killed) return Promise.reject(new ChildKilled());
    this.#number += 1;
    const number = this.#number;
    return new Promise((resolve, reject) => {
      this.#asked.set(number, { resolve, reject });
      this.#process.stdin?.write(`${JSON.stringify({ number, command, ...parameters })}\n`);
    });
  }

  async kill(): Promise<void> {
    this.#killed = true;
    this.#process.kill('SIGKILL');
    await this.#ended;
  }
}

export class ChildKilled extends Error {}

/** Where the children's programs lie after they were built. */
export function programFile(folder: string, name: 'node' | 'centre' | 'broker'): string {
  return join(folder, `${name}-process.mjs`);
}
