/**
 * The passages of which the supervisor may ask for pictures at any moment. What becomes of them goes before any new frame: a
 * frame that is left out costs one of many looks at a vehicle, a hit that waits costs the time to act on it.
 */
export class AwaitedPassages {
  readonly #passages = new Set<string>();
  readonly #longestMs: number;
  #wake: () => void = () => undefined;

  /** However busy the supervisor is, the road is not left out of sight for longer than this. */
  constructor(longestMs: number) {
    this.#longestMs = longestMs;
  }

  reported(passageId: string): void {
    this.#passages.add(passageId);
  }

  /** Its pictures were made, or nobody wants them. */
  settled(passageId: string): void {
    this.#passages.delete(passageId);
    if (this.#passages.size === 0) this.#wake();
  }

  /** The items of a source, each fetched only after all that was reported before is settled. */
  async *before<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const item of source) {
      yield item;
      await this.#allSettled();
    }
  }

  async #allSettled(): Promise<void> {
    if (this.#passages.size === 0) return;
    await new Promise<void>((resolve) => {
      const overdue = setTimeout(resolve, this.#longestMs);
      this.#wake = () => {
        clearTimeout(overdue);
        resolve();
      };
    });
    this.#passages.clear();
  }
}
