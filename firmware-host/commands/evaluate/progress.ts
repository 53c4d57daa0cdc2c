/** Says on standard error every few seconds how far long work has come. */
export class Progress {
  readonly #what: string;
  #done = 0;
  #lastMs = performance.now();

  constructor(what: string) {
    this.#what = what;
  }

  step(): void {
    this.#done++;
    const nowMs = performance.now();
    if (nowMs - this.#lastMs < EVERY_MS) return;
    this.#lastMs = nowMs;
    process.stderr.write(`${this.#done} ${this.#what}\n`);
  }
}

const EVERY_MS = 5000;
