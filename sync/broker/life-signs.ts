import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { slowestTransferMs } from './slowest-link.ts';
import { unacknowledgedBySystem } from './unacknowledged.ts';

/** A broker may answer pings and acknowledge nothing: two bytes are no sign of life. */
const pingAnswerBytes = 2;
/** Nor is it that its system takes a ping, or a hit or two which it will not answer either. */
const fewBytes = 4 * 1024;
/**
 * What may be on its way and nobody here sees it move: a modem or a proxy that acknowledges for the broker, or a loss that is not
 * made good yet (45 s at 1 kB/s behind 60 kB of a modem). Nothing is granted for what this system keeps itself, there 78 kB at
 * once and 256 kB within a minute: it is seen to go.
 */
const unseenBytes = 32 * 1024;

const tcpHandle = z.object({ fd: z.number(), bytesWritten: z.number(), writeQueueSize: z.number() });

/** Of what was written to a stream: what the other end has, and what it lacks. */
interface Sent {
  readonly there: number;
  readonly lacking: number;
}

/**
 * When the other end of a connection last showed that it is there: something came from it, or it acknowledged more of what
 * waits to be sent. A socket's own `bytesWritten` counts what waits as written already.
 */
export class LifeSigns {
  readonly #stream: Duplex;
  #lastMs = performance.now();
  #before: Sent = { there: 0, lacking: 0 };

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('data', (chunk: Uint8Array) => {
      if (chunk.byteLength > pingAnswerBytes) this.#lastMs = performance.now();
    });
  }

  /** Monotonic. What was sent is seen at this look and the one before: to be looked at now and then. */
  lastMs(): number {
    const sent = sentOn(this.#stream);
    if (this.#before.lacking > fewBytes && sent.there > this.#before.there) this.#lastMs = performance.now();
    this.#before = sent;
    return this.#lastMs;
  }

  /**
   * For how long there was none, less what the bytes that are not acknowledged yet may take on their way. Whoever has waited
   * only since `sinceMs` counts from there.
   */
  quietMs(
    unacknowledgedBytes: number,
    options: { bytesPerSecond?: number | undefined; sinceMs?: number } = {},
  ): number {
    const onTheirWayMs = slowestTransferMs(Math.min(unacknowledgedBytes, unseenBytes), options.bytesPerSecond);
    return performance.now() - Math.max(this.lastMs(), options.sinceMs ?? 0) - onTheirWayMs;
  }
}

/**
 * Node's own idle timeout of sockets reads the same numbers; TLS has them one level down. Where the system does not tell what is
 * acknowledged, what it has taken counts: that comes in steps of a third of its buffer, and on the thinnest links too late.
 */
function sentOn(stream: Duplex): Sent {
  const own = memberOf(stream, '_handle');
  const tcp = tcpHandle.safeParse(memberOf(own, '_parent') ?? own);
  if (!tcp.success) return { there: 0, lacking: 0 };
  const { fd, bytesWritten, writeQueueSize } = tcp.data;
  const lacking = writeQueueSize + (unacknowledgedBySystem(fd) ?? 0);
  return { there: bytesWritten - lacking, lacking };
}

function memberOf(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}
