import { describe, expect, it } from 'vitest';
import { Fault } from '../../config/foundation/fault.ts';
import { pause } from '../../config/foundation/pause.ts';
import type { CameraContext, Picture } from './camera-context.ts';
import { type Connect, LiveCamera } from './live-camera.ts';

const TIMING = { stallMs: 40, firstDelayMs: 1, longestDelayMs: 4, steadyMs: 60_000 };

function picture(timeMs: number): Picture {
  const luma = { data: new Uint8Array(1), widthPx: 1, heightPx: 1, strideBytes: 1 };
  return { luma, timeMs, toJpeg: async () => new Uint8Array() };
}

function listening(): { context: CameraContext; events: { event: string; code: unknown }[] } {
  const events: { event: string; code: unknown }[] = [];
  const log = {
    event: (_level: string, event: string, fields: Record<string, unknown> = {}) =>
      void events.push({ event, code: fields.code }),
  };
  return { context: { log, name: 'north', reconnect: TIMING }, events };
}

/** Each dial gets the next of these connections, the last one for ever. */
function inTurn(...connections: Connect[]): { connect: Connect; dialled: () => number } {
  let dials = 0;
  return {
    connect: (signal) => (connections[Math.min(dials++, connections.length - 1)] as Connect)(signal),
    dialled: () => dials,
  };
}

const refused: Connect = async function* () {
  yield* [];
  throw new Fault('camera/unreachable', 'refused');
};
const endsAfterOne: Connect = async function* () {
  yield picture(1);
};
/** Gives one picture and then nothing, until it is closed. */
const stalls: Connect = async function* (signal) {
  yield picture(1);
  await pause(3_600_000, signal);
};

describe('a live camera', () => {
  it('connects again after refusals, ends and stalls, and numbers the frames on', async () => {
    const { context, events } = listening();
    const { connect } = inTurn(refused, endsAfterOne, stalls, endsAfterOne);
    const camera = new LiveCamera(context, connect);
    const stop = new AbortController();
    const indices: number[] = [];
    for await (const frame of camera.frames(stop.signal)) {
      indices.push(frame.index);
      if (frame.index === 2) stop.abort();
    }
    expect(indices).toEqual([0, 1, 2]);
    const lost = events.filter(({ event }) => event === 'camera/lost').map(({ code }) => code);
    expect(lost).toEqual(['camera/unreachable', 'camera/stream-ended', 'camera/stalled']);
    expect(camera.state).toBe('ended');
  });

  it('is connecting at first, without signal after a failure, and ok with a frame', async () => {
    const { context } = listening();
    const states: string[] = [];
    const { connect } = inTurn(refused, endsAfterOne);
    const observed: Connect = async function* (signal) {
      states.push(camera.state);
      yield* connect(signal);
    };
    const camera = new LiveCamera(context, observed);
    const stop = new AbortController();
    for await (const _frame of camera.frames(stop.signal)) {
      states.push(camera.state);
      stop.abort();
    }
    expect(states).toEqual(['connecting', 'no-signal', 'ok']);
  });

  it('closes a stalled connection before it dials again', async () => {
    const { context } = listening();
    let open = 0;
    let most = 0;
    const counted: Connect = async function* (signal) {
      most = Math.max(most, ++open);
      try {
        await pause(3_600_000, signal);
      } finally {
        open--;
      }
      yield* [];
    };
    const { connect, dialled } = inTurn(counted, counted, counted, endsAfterOne);
    const stop = new AbortController();
    for await (const _frame of new LiveCamera(context, connect).frames(stop.signal)) stop.abort();
    expect(dialled()).toBe(4);
    expect([open, most]).toEqual([0, 1]);
  });

  it('ends when it is aborted while it dials, waits for a frame, or waits to dial again', async () => {
    const dialsForEver: Connect = async function* (signal) {
      await pause(3_600_000, signal);
      yield* [];
    };
    for (const connect of [dialsForEver, stalls, refused]) {
      const { context } = listening();
      const slow = { ...TIMING, stallMs: 3_600_000, firstDelayMs: 3_600_000, longestDelayMs: 3_600_000 };
      const camera = new LiveCamera({ ...context, reconnect: slow }, connect);
      const stop = new AbortController();
      const frames = camera.frames(stop.signal);
      if (connect === stalls) await frames.next();
      const next = frames.next();
      setImmediate(() => stop.abort());
      expect((await next).done).toBe(true);
    }
  });

  it('lets a bug through instead of dialling again', async () => {
    const { context } = listening();
    const buggy: Connect = async function* () {
      yield picture(1);
      throw new TypeError('a bug');
    };
    const frames = new LiveCamera(context, buggy).frames(new AbortController().signal);
    await frames.next();
    await expect(frames.next()).rejects.toThrow(TypeError);
  });
});
