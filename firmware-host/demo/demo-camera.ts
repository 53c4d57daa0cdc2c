import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../../config/foundation/fault.ts';
import { demoFrames } from './demo-frames.ts';
import { MotorwayScene } from './motorway-scene.ts';
import type { Scene } from './paint.ts';
import { DEMO_FRAMES_PER_SECOND, type DemoVehicle, demoScript } from './sequence.ts';

/** One stretch of the demo's motorway. */
export interface DemoAct {
  readonly scene: Scene;
  readonly seconds: number;
}

export interface DemoCameraOptions {
  readonly acts: readonly DemoAct[];
  readonly signal: AbortSignal;
  readonly onAct?: (act: DemoAct) => void;
}

/** A camera that films the rendered motorway. */
export interface DemoCamera {
  /** Motion JPEG over HTTP on loopback, as real cameras offer it. */
  readonly url: string;
  /** Everybody who drives past. */
  readonly vehicles: readonly DemoVehicle[];
  readonly framesSent: () => number;
  /** Whether a viewer came within so many milliseconds; true as well when the signal aborted, since then nobody need come. */
  watched(withinMs: number): Promise<boolean>;
  /** Plays all acts from the moment that a viewer is there; resolves when they are over or the signal aborted. */
  play(): Promise<void>;
  close(): Promise<void>;
}

const BOUNDARY = 'hazeldonk-demo-frame';

/** Frames are drawn while they are shown, at the pace of the road; nothing is written to disk. */
export async function startDemoCamera(options: DemoCameraOptions): Promise<DemoCamera> {
  const roads = { day: await roadOf('day', options), night: await roadOf('night', options) };
  const viewers = new Set<ServerResponse>();
  let seen = false;
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': `multipart/x-mixed-replace; boundary=${BOUNDARY}` });
    response.flushHeaders();
    viewers.add(response);
    seen = true;
    response.once('close', () => viewers.delete(response));
    server.emit('viewer');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let sent = 0;
  return {
    url: urlOf(server),
    vehicles: options.acts.flatMap(({ scene, seconds }) => demoScript(scene, seconds)),
    framesSent: () => sent,
    async watched(withinMs) {
      const until = AbortSignal.any([options.signal, AbortSignal.timeout(withinMs)]);
      if (!seen) await viewerOf(server, until);
      return seen || options.signal.aborted;
    },
    async play() {
      if (!seen) await viewerOf(server, options.signal);
      for (const act of options.acts) {
        const road = roads[act.scene];
        if (options.signal.aborted || road === null) return;
        options.onAct?.(act);
        sent += await playAct(act, road, viewers, options.signal);
      }
    },
    async close() {
      for (const viewer of viewers) viewer.destroy();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Every road is drawn before the play begins: half a second of work would hold up the traffic. */
async function roadOf(scene: Scene, { acts }: DemoCameraOptions): Promise<MotorwayScene | null> {
  return acts.some((act) => act.scene === scene) ? await MotorwayScene.prepare(scene) : null;
}

async function viewerOf(server: Server, signal: AbortSignal): Promise<void> {
  try {
    await once(server, 'viewer', { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Shows each frame at its time; a frame that would come too late is left out, so that the vehicles keep their speed. */
async function playAct(
  act: DemoAct,
  motorway: MotorwayScene,
  viewers: ReadonlySet<ServerResponse>,
  signal: AbortSignal,
): Promise<number> {
  const periodMs = 1000 / DEMO_FRAMES_PER_SECOND;
  let beganMs: number | null = null;
  let sent = 0;
  const next = (index: number): number => {
    const due = beganMs === null ? 0 : Math.floor((performance.now() - beganMs) / periodMs);
    return Math.max(index + 1, due);
  };
  for await (const { index, jpeg } of demoFrames({ ...act, motorway, signal, next })) {
    beganMs ??= performance.now();
    const earlyMs = beganMs + index * periodMs - performance.now();
    if (earlyMs > 0) await pause(earlyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    for (const viewer of viewers) sendFrame(viewer, jpeg);
    sent += 1;
  }
  return sent;
}

/** A viewer that does not keep up misses frames instead of filling memory. */
function sendFrame(viewer: ServerResponse, jpeg: Uint8Array): void {
  if (viewer.writableNeedDrain) return;
  viewer.write(`--${BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.byteLength}\r\n\r\n`);
  viewer.write(jpeg);
  viewer.write('\r\n');
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Fault('demo/no-port', 'the demo camera has no port');
  return `http://127.0.0.1:${address.port}/motorway.mjpg`;
}
