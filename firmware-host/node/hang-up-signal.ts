/** SIGHUP, which ends other programs: here it must not cost a passage, and one that comes too early is kept. */
export class HangUpSignal {
  #asked = false;
  #act: (() => void) | null = null;

  constructor() {
    process.on('SIGHUP', () => {
      this.#asked = true;
      this.#answer();
    });
  }

  /** What is done from now on, at once when it was asked for before. */
  act(act: () => void): void {
    this.#act = act;
    this.#answer();
  }

  #answer(): void {
    if (!this.#asked || this.#act === null) return;
    this.#asked = false;
    this.#act();
  }
}
