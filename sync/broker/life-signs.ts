import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { slowestTransferMs } from './slowest-link.ts';

/** A broker may answer pings and acknowledge nothing: two bytes are no sign of life. */
const pingAnswerBytes = 2;
/** What Linux takes of a connection through a thin link before the other end has any of it: nobody here sees those bytes leave. */
const unseenBytes = 128 * 1024;

const tcpHandle = z.object({ bytesWritten: z.number(), writeQueueSize: z.number() });

/**
 * When the other end of a connection last showed that it is there: something came from it, or the system, which had been
 * full, took more of what waits to be sent. A socket's own `bytesWritten` counts what waits as written already.
 */
export class LifeSigns {
  readonly #stream: Duplex;
  #lastMs = performance.now();
  #taken = 0;
  #wasFull = false;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('data', (chunk: Uint8Array) => {
      if (chunk.byteLength > pingAnswerBytes) this.#lastMs = performance.now();
    });
  }

  /** Monotonic. What was sent is seen at this look and the one before: to be looked at now and then. */
  lastMs(): number {
    const { taken, full } = sentBySystem(this.#stream);
    if (this.#wasFull && taken > this.#taken) this.#lastMs = performance.now();
    this.#taken = taken;
    this.#wasFull = full;
    return this.#lastMs;
  }

  /** For how long there was none, less what the bytes that the other end has not acknowledged yet may take on their way. */
  quietMs(unacknowledgedBytes: number, bytesPerSecond?: number): number {
    const onTheirWayMs = slowestTransferMs(Math.min(unacknowledgedBytes, unseenBytes), bytesPerSecond);
    return performance.now() - this.lastMs() - onTheirWayMs;
  }
}

/** What the system has taken of a stream. Node's own idle timeout of sockets reads the same numbers; TLS has them one level down. */
function sentBySystem(stream: Duplex): { readonly taken: number; readonly full: boolean } {
  const own = memberOf(stream, '_handle');
  const tcp = tcpHandle.safeParse(memberOf(own, '_parent') ?? own);
  if (!tcp.success) return { taken: 0, full: false };
  const { bytesWritten, writeQueueSize } = tcp.data;
  return { taken: bytesWritten - writeQueueSize, full: writeQueueSize > 0 };
}

function memberOf(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}
