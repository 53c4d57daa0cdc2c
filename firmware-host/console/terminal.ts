import type { Duplex } from 'node:stream';

/** The technician's end of a wire in tests: types, and waits for what the node answers. */
export class Terminal {
  readonly #stream: Duplex;
  #screen = '';
  #bytes = 0;
  #wake: () => void = () => undefined;
  #gone = false;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length;
      this.#screen = (this.#screen + chunk.toString('latin1')).slice(-100_000);
      this.#wake();
    });
    for (const event of ['close', 'end', 'error'])
      stream.on(event, () => {
        this.#gone = true;
        this.#wake();
      });
  }

  get bytes(): number {
    return this.#bytes;
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** Resolves when the bytes have left this side. */
  type(keys: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#stream.write(keys, () => resolve()));
  }

  /** Everything up to and including the first match, which is then forgotten; throws when the wire is gone before. */
  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(this.#screen);
      if (match !== null) {
        const end = match.index + match[0].length;
        const seen = this.#screen.slice(0, end);
        this.#screen = this.#screen.slice(end);
        return seen;
      }
      if (this.#gone) throw new Error(`the wire is gone; its last words: ${JSON.stringify(this.#screen.slice(-300))}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async untilGone(): Promise<void> {
    while (!this.#gone)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }
}
