import { type DemoState, statusLine } from './demo-display.ts';

/** The part of a terminal that the demo needs; `process.stdout` has it. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const ERASE_LINE = '\r\u001b[2K';
/** Without a terminal the status is a line of a log, now and then. */
const LOGGED_EVERY_S = 5;

/** Prints text above a status line that stays at the bottom; where there is no terminal, plain lines. */
export class DemoScreen {
  readonly #terminal: Terminal;
  readonly #colours: boolean;
  #status = '';
  #loggedAtS = Number.NEGATIVE_INFINITY;

  constructor(terminal: Terminal, options: { readonly colours: boolean }) {
    this.#terminal = terminal;
    this.#colours = options.colours;
  }

  /** Whole lines of text, with their newlines. */
  print(text: string): void {
    if (this.#terminal.isTTY !== true) this.#terminal.write(text);
    else this.#terminal.write(`${this.#status === '' ? '' : ERASE_LINE}${text}${this.#status}`);
  }

  status(state: DemoState): void {
    const columns = this.#terminal.columns || 80;
    if (this.#terminal.isTTY === true) {
      this.#status = statusLine(state, { colours: this.#colours, columns });
      this.#terminal.write(`${ERASE_LINE}${this.#status}`);
      return;
    }
    if (state.elapsedS - this.#loggedAtS < LOGGED_EVERY_S) return;
    this.#loggedAtS = state.elapsedS;
    this.#terminal.write(`${statusLine(state, { colours: false, columns: 120 }).trim()}\n`);
  }

  /** The status line disappears; what comes next is printed in its place. */
  clearStatus(): void {
    if (this.#status !== '') this.#terminal.write(ERASE_LINE);
    this.#status = '';
  }
}
