/** One line on standard error that counts up; silent where nobody watches. */
export class Progress {
  readonly #what: string;
  readonly #screen: NodeJS.WriteStream;

  constructor(what: string, screen: NodeJS.WriteStream = process.stderr) {
    this.#what = what;
    this.#screen = screen;
  }

  show(done: number, total?: number): void {
    if (this.#screen.isTTY) this.#screen.write(`\r${done}${total === undefined ? '' : ` of ${total}`} ${this.#what} `);
  }

  end(): void {
    if (this.#screen.isTTY) this.#screen.write('\r\x1b[K');
  }
}
