export interface InOrderOptions<Item> {
  /** The number of the first. */
  readonly from: number;
  /** So many may wait for an earlier one; whoever brings more waits too. */
  readonly mostAhead: number;
  take(item: Item, number: number): Promise<void>;
}

/** Hands on numbered items in the order of their numbers, whoever is done first. */
export class InOrder<Item> {
  readonly #options: InOrderOptions<Item>;
  readonly #early = new Map<number, Item>();
  readonly #waiting: (() => void)[] = [];
  #next: number;
  #stopped = false;
  #handing: Promise<void> = Promise.resolve();

  constructor(options: InOrderOptions<Item>) {
    this.#options = options;
    this.#next = options.from;
  }

  /** Resolves when the next may be brought; rejects when this or an earlier one could not be handed on, or all was stopped. */
  async add(number: number, item: Item): Promise<void> {
    this.#early.set(number, item);
    this.#handing = this.#handing.then(() => this.#handOn());
    await this.#handing;
    while (!this.#stopped && number >= this.#next + this.#options.mostAhead)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#stopped) throw new Error('stopped before all earlier ones came');
  }

  /** Nothing comes any more: whoever waits is told. */
  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  async #handOn(): Promise<void> {
    for (;;) {
      const item = this.#early.get(this.#next);
      if (item === undefined) break;
      this.#early.delete(this.#next);
      await this.#options.take(item, this.#next);
      this.#next += 1;
    }
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
