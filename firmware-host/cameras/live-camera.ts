import { Fault } from '../../config/foundation/fault.ts';
import { pause, within } from '../../config/foundation/pause.ts';
import { BackOff } from './back-off.ts';
import type { Camera, CameraState, Frame } from './camera.ts';
import { type CameraContext, frameOf, type Picture, RECONNECT_TIMING, type ReconnectTiming } from './camera-context.ts';

/**
 * One connection: yields pictures until the stream ends, throws a `Fault` when it breaks, and closes what it
 * opened soon after the signal aborts.
 */
export type Connect = (signal: AbortSignal) => AsyncIterable<Picture>;

/** A connection that does not close in time is left behind: waiting for it would stop the camera. */
const CLOSE_DEADLINE_MS = 5_000;

/** A camera over a network: connects again, with back-off, whenever the connection ends, breaks or stalls. */
export class LiveCamera implements Camera {
  readonly #context: CameraContext;
  readonly #connect: Connect;
  readonly #timing: ReconnectTiming;
  #state: CameraState = 'connecting';

  constructor(context: CameraContext, connect: Connect) {
    this.#context = context;
    this.#connect = connect;
    this.#timing = { ...RECONNECT_TIMING, ...context.reconnect };
  }

  get state(): CameraState {
    return this.#state;
  }

  async *frames(signal: AbortSignal): AsyncGenerator<Frame, void, undefined> {
    const { log, name } = this.#context;
    const backOff = new BackOff(this.#timing);
    let index = 0;
    try {
      while (!signal.aborted) {
        let lost = 'camera/stream-ended';
        let connectedAtMs: number | null = null;
        try {
          for await (const picture of this.#watched(signal)) {
            if (connectedAtMs === null) {
              connectedAtMs = performance.now();
              log.event('info', 'camera/connected', { camera: name });
            }
            this.#state = 'ok';
            yield frameOf(picture, index++);
          }
        } catch (error) {
          if (!(error instanceof Fault)) throw error;
          lost = error.code;
        }
        if (signal.aborted) break;
        this.#state = 'no-signal';
        if (connectedAtMs !== null && performance.now() - connectedAtMs >= this.#timing.steadyMs) backOff.reset();
        const retryInMs = backOff.next();
        log.event('warn', 'camera/lost', { camera: name, code: lost, retryInMs, frames: index });
        await pause(retryInMs, signal);
      }
    } finally {
      this.#state = 'ended';
    }
  }

  /** The pictures of one connection, which is closed when none came for `stallMs`. */
  async *#watched(signal: AbortSignal): AsyncGenerator<Picture, void, undefined> {
    const connection = new AbortController();
    const close = () => connection.abort();
    signal.addEventListener('abort', close, { once: true });
    const pictures = this.#connect(connection.signal)[Symbol.asyncIterator]();
    try {
      while (!signal.aborted) {
        const next = await within(pictures.next(), this.#timing.stallMs, 'stalled' as const);
        if (next === 'stalled') throw new Fault('camera/stalled', `no picture for ${this.#timing.stallMs} ms`);
        if (next.done) return;
        yield next.value;
      }
    } finally {
      signal.removeEventListener('abort', close);
      close();
      const closed = within(Promise.resolve(pictures.return?.()), CLOSE_DEADLINE_MS, 'late' as const);
      if ((await closed.catch(() => 'failed' as const)) === 'late')
        this.#context.log.event('error', 'camera/connection-left-behind', { camera: this.#context.name });
    }
  }
}
