/** One line on standard error that counts up and says how fast; silent where nobody watches. */
export class Progress {
  readonly #what: string;
  readonly #screen: NodeJS.WriteStream;
  readonly #now: () => number;
  readonly #startMs: number;
  #shownMs = Number.NEGATIVE_INFINITY;

  constructor(what: string, screen: NodeJS.WriteStream = process.stderr, now: () => number = () => performance.now()) {
    this.#what = what;
    this.#screen = screen;
    this.#now = now;
    this.#startMs = now();
  }

  /** A total may be an estimate. */
  show(done: number, total?: number): void {
    const nowMs = this.#now();
    const last = done === total;
    if (!this.#screen.isTTY || (nowMs - this.#shownMs < 100 && !last)) return;
    this.#shownMs = nowMs;
    const seconds = (nowMs - this.#startMs) / 1000;
    const rate = seconds > 1 ? `, ${grouped(Math.round(done / seconds))} a second` : '';
    const left =
      total !== undefined && done > 0 && seconds > 1 ? `, ${Math.ceil((seconds * (total - done)) / done)} s left` : '';
    this.#screen.write(
      `\r\x1b[K${grouped(done)}${total === undefined ? '' : ` of ${grouped(total)}`} ${this.#what}${rate}${left} `,
    );
  }

  end(): void {
    if (this.#screen.isTTY) this.#screen.write('\r\x1b[K');
  }
}

/** A whole number as people read it: 10,000,000. */
export function grouped(count: number): string {
  return count.toLocaleString('en-GB');
}
