import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { type ShellOptions, ShellSession } from './shell-session.ts';

/**
 * Runs a shell over a byte stream until the other side leaves, the technician ends it, or the signal aborts; tells
 * whether the stream is still of use. A broken stream is an ordinary end: serial cables are pulled.
 *
 * Invariant: nothing is read from the wire before the last answer has left, so a flood fills the sender's buffers and
 * not ours; and after each answer the rest of the node has its turn.
 */
export async function runShell(stream: Duplex, options: ShellOptions, signal: AbortSignal): Promise<'gone' | 'ended'> {
  const wire = new Wire(stream, signal);
  try {
    const session = new ShellSession(options);
    await wire.write(session.greeting());
    while (!wire.gone && !session.ended) {
      const bytes = await wire.read();
      for (const text of session.feed(bytes)) {
        await wire.write(text);
        await setImmediate();
        if (wire.gone) break;
      }
    }
    return wire.gone ? 'gone' : 'ended';
  } finally {
    wire.release();
  }
}

const nothing = new Uint8Array();

/** A stream as two plain waits, both of which end when the stream does. */
class Wire {
  readonly #stream: Duplex;
  readonly #signal: AbortSignal;
  #gone: boolean;
  #wake: () => void = () => undefined;
  readonly #onEvent = (): void => this.#wake();
  readonly #onGone = (): void => {
    this.#gone = true;
    this.#wake();
  };

  constructor(stream: Duplex, signal: AbortSignal) {
    this.#stream = stream;
    this.#signal = signal;
    this.#gone = signal.aborted || stream.destroyed;
    stream.on('readable', this.#onEvent);
    for (const event of ['end', 'close', 'error']) stream.on(event, this.#onGone);
    signal.addEventListener('abort', this.#onGone);
  }

  get gone(): boolean {
    return this.#gone;
  }

  async read(): Promise<Uint8Array> {
    while (!this.#gone) {
      const chunk: unknown = this.#stream.read();
      if (chunk instanceof Uint8Array) return chunk;
      await this.#event();
    }
    return nothing;
  }

  /** Resolves when the text has left, or nobody is there to take it. */
  async write(text: string): Promise<void> {
    if (text === '' || this.#gone) return;
    let left = false;
    this.#stream.write(text, 'utf8', () => {
      left = true;
      this.#wake();
    });
    while (!left && !this.#gone) await this.#event();
  }

  release(): void {
    this.#stream.off('readable', this.#onEvent);
    for (const event of ['end', 'close']) this.#stream.off(event, this.#onGone);
    this.#signal.removeEventListener('abort', this.#onGone);
    // 'error' stays heard: a stream that breaks a moment later must not end the process.
  }

  #event(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
