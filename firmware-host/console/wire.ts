import type { Duplex } from 'node:stream';

const nothing = new Uint8Array();
const heedless = (): void => undefined;

/**
 * A stream as two plain waits, both of which end when the stream does, or when nobody gave a sign for too long.
 *
 * Invariant: what was read and not yet used is no more than one chunk.
 */
export class Wire {
  readonly #stream: Duplex;
  readonly #signal: AbortSignal;
  #gone: boolean;
  #over = false;
  #expired = false;
  #patience: NodeJS.Timeout | null = null;
  #unused: Uint8Array = nothing;
  #wake: () => void = () => undefined;
  readonly #onEvent = (): void => this.#wake();
  readonly #onGone = (): void => {
    this.#gone = true;
    this.#wake();
  };
  readonly #onOver = (): void => {
    this.#over = true;
    this.#wake();
  };

  constructor(stream: Duplex, signal: AbortSignal) {
    this.#stream = stream;
    this.#signal = signal;
    this.#gone = signal.aborted || stream.destroyed;
    this.#over = stream.readableEnded;
    stream.on('readable', this.#onEvent);
    stream.on('end', this.#onOver);
    for (const event of ['close', 'error']) stream.on(event, this.#onGone);
    // A stream that breaks after its release must not end the process; one ear is enough for all sittings on it.
    if (!stream.listeners('error').includes(heedless)) stream.on('error', heedless);
    signal.addEventListener('abort', this.#onGone);
  }

  /** Nothing more will come: nobody is there any more, or all that was to be said was said. */
  get finished(): boolean {
    return this.#gone || this.#over;
  }

  /** Nobody gave a sign for as long as `expectWithin` said. */
  get expired(): boolean {
    return this.#expired;
  }

  /** Whether to go on with whoever sits at the other end. */
  get attended(): boolean {
    return !this.#gone && !this.#expired;
  }

  /** From now on the wire expires after so long, until this is called again; null waits for ever. */
  expectWithin(ms: number | null): void {
    if (this.#patience !== null) clearTimeout(this.#patience);
    this.#expired = false;
    this.#patience = null;
    if (ms === null) return;
    this.#patience = setTimeout(() => {
      this.#expired = true;
      this.#wake();
    }, ms);
  }

  /** What has arrived; null when nothing more will, or nobody attends. */
  async read(): Promise<Uint8Array | null> {
    while (this.attended) {
      if (this.#unused.length > 0) return this.#takeUnused();
      const chunk: unknown = this.#stream.read();
      if (chunk instanceof Uint8Array) return chunk;
      if (this.#over) return null;
      await this.#event();
    }
    return null;
  }

  /** Gives back what was read too far. */
  unread(bytes: Uint8Array): void {
    this.#unused = bytes;
  }

  /** Throws away what was typed ahead. */
  discard(): void {
    this.#unused = nothing;
    this.#stream.read();
  }

  /** Resolves when the text has left, or nobody is there to take it. */
  async write(text: string): Promise<void> {
    if (text === '' || !this.attended) return;
    let left = false;
    this.#stream.write(text, 'utf8', () => {
      left = true;
      this.#wake();
    });
    while (!left && this.attended) await this.#event();
  }

  release(): void {
    this.expectWithin(null);
    this.#stream.off('readable', this.#onEvent);
    this.#stream.off('end', this.#onOver);
    for (const event of ['close', 'error']) this.#stream.off(event, this.#onGone);
    this.#signal.removeEventListener('abort', this.#onGone);
  }

  #takeUnused(): Uint8Array {
    const bytes = this.#unused;
    this.#unused = nothing;
    return bytes;
  }

  #event(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
