import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Log, silentLog } from '../../config/foundation/log.ts';
import { encodeVideo } from './av-encode.ts';
import type { Camera } from './camera.ts';
import { numberedFrames, numberOf } from './numbered-frames.test-data.ts';
import { openCamera } from './open-camera.ts';
import { pythonWithRtspServer, RTSP_PEER_PACKAGES, RtspPeer } from './rtsp-peer.fixture.ts';

const FRAMES = 200;
const QUICK = { stallMs: 20_000, firstDelayMs: 20, longestDelayMs: 100, steadyMs: 60_000 };
const python = pythonWithRtspServer();
const reason = `no GStreamer RTSP server (on Debian: apt-get install ${RTSP_PEER_PACKAGES})`;

function rtsp(url: string, log: Log = silentLog, reconnect: Partial<typeof QUICK> = {}): Camera {
  return openCamera({ kind: 'rtsp', url }, { log, name: 'north', reconnect: { ...QUICK, ...reconnect } });
}

describe('an RTSP camera', () => {
  let folder = '';
  let video = '';
  let peer: RtspPeer | null = null;

  beforeAll(async () => {
    if (python === null && process.env.CI) throw new Error(reason);
    folder = await mkdtemp(join(tmpdir(), 'hazeldonk-rtsp-'));
    video = join(folder, 'road.mp4');
    await encodeVideo(video, numberedFrames(FRAMES), { framesPerSecond: 25 });
  });
  afterEach(() => peer?.kill());
  afterAll(() => rm(folder, { recursive: true }));

  it.skipIf(python === null)(
    `gives every frame of a real server once, in order and at its own time${python ? '' : `: ${reason}`}`,
    async () => {
      peer = await RtspPeer.start(python!, video);
      const stop = new AbortController();
      const seen: number[] = [];
      const times: number[] = [];
      for await (const frame of rtsp(peer.url).frames(stop.signal)) {
        seen.push(numberOf(frame.luma));
        times.push(frame.timeMs);
        if (seen.length === 60) stop.abort();
      }
      expect(seen).toEqual(Array.from({ length: 60 }, (_, number) => number));
      expect(times).toEqual([...times].sort((a, b) => a - b));
    },
  );

  it.skipIf(python === null)('comes back after the server was killed and started again', async () => {
    peer = await RtspPeer.start(python!, video);
    const codes: unknown[] = [];
    const restart = async (port: number) => {
      peer = await RtspPeer.start(python!, video, port);
    };
    const log: Log = {
      event: (_level, event, fields) => {
        if (event !== 'camera/lost') return;
        codes.push(fields?.code);
        if (codes.length === 3) void restart(peer!.port);
      },
    };
    const camera = rtsp(peer.url, log);
    const stop = new AbortController();
    let before = 0;
    let after = 0;
    for await (const frame of camera.frames(stop.signal)) {
      expect(camera.state).toBe('ok');
      expect(frame.index).toBe(before + after);
      if (codes.length === 0) before++;
      else after++;
      if (before === 10 && after === 0) void peer!.kill();
      if (after === 10) stop.abort();
    }
    expect(before).toBeGreaterThanOrEqual(10);
    expect(after).toBe(10);
    expect(codes.slice(1, 3)).toEqual(['camera/unreachable', 'camera/unreachable']);
  });

  it.skipIf(python === null)('connects again when the stream comes to its end', async () => {
    const short = join(folder, 'short.mp4');
    await encodeVideo(short, numberedFrames(5), { framesPerSecond: 25 });
    peer = await RtspPeer.start(python!, short);
    const stop = new AbortController();
    const seen: number[] = [];
    for await (const frame of rtsp(peer.url).frames(stop.signal)) {
      seen.push(numberOf(frame.luma));
      if (seen.length === 12) stop.abort();
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1]);
  });

  it.skipIf(python === null)('has the colours of a frame for the evidence picture', async () => {
    peer = await RtspPeer.start(python!, video);
    const stop = new AbortController();
    for await (const frame of rtsp(peer.url).frames(stop.signal)) {
      const jpeg = await frame.toJpeg(80);
      expect([...jpeg.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
      stop.abort();
    }
  });
});

describe('an RTSP camera whose other end', () => {
  let server: Server;
  const sockets = new Set<Socket>();

  async function listen(answer: (socket: Socket) => void): Promise<string> {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      answer(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `rtsp://127.0.0.1:${(server.address() as AddressInfo).port}/camera`;
  }

  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    server.close();
    await once(server, 'close');
  });

  it('is silent, closes the connection as soon as it is aborted', async () => {
    let accepted = () => undefined as unknown;
    const connected = new Promise((resolve) => {
      accepted = () => resolve(undefined);
    });
    const url = await listen((socket) => socket.once('data', () => accepted()));
    const camera = rtsp(url, silentLog, { stallMs: 3_600_000 });
    const stop = new AbortController();
    const next = camera.frames(stop.signal)[Symbol.asyncIterator]().next();
    await connected;
    expect(camera.state).toBe('connecting');
    stop.abort();
    expect((await next).done).toBe(true);
    expect(camera.state).toBe('ended');
  });

  it('is silent, dials again when nothing came for the stall limit', async () => {
    const stop = new AbortController();
    let dials = 0;
    const url = await listen(() => {
      if (++dials === 3) stop.abort();
    });
    const camera = rtsp(url, silentLog, { stallMs: 300 });
    for await (const _frame of camera.frames(stop.signal)) expect.unreachable();
    expect(dials).toBe(3);
  });

  it('sends garbage, stays without signal and never throws', async () => {
    const url = await listen((socket) => {
      socket.write(Buffer.alloc(100_000, 0x24));
      socket.end('RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 99999999999\r\n\r\n');
    });
    const { codes, camera } = await lostThrice(url);
    expect(codes).toHaveLength(3);
    expect(camera.state).toBe('ended');
  });

  it('refuses every connection, stays without signal', async () => {
    const url = await listen((socket) => socket.destroy());
    const { codes, states } = await lostThrice(url);
    expect(codes).toEqual(['camera/unreachable', 'camera/unreachable', 'camera/unreachable']);
    expect(states).toEqual(['no-signal', 'no-signal', 'no-signal']);
  });

  it('asks for a password, gets it from the file and never in a log', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hazeldonk-rtsp-'));
    await writeFile(join(folder, 'user'), 'gantry\n');
    await writeFile(join(folder, 'password'), 'p@ss:w/rd\n');
    const stop = new AbortController();
    let authorization = '';
    const url = await listen((socket) => {
      socket.on('data', (request) => {
        authorization = /^Authorization: Basic (.+)\r$/m.exec(request.toString('latin1'))?.[1] ?? '';
        if (authorization !== '') return stop.abort();
        const sequence = /^CSeq: (\d+)/m.exec(request.toString('latin1'))?.[1];
        socket.write(
          `RTSP/1.0 401 Unauthorized\r\nCSeq: ${sequence}\r\nWWW-Authenticate: Basic realm="camera"\r\n\r\n`,
        );
      });
    });
    const lines: string[] = [];
    const log: Log = { event: (...event) => void lines.push(JSON.stringify(event)) };
    const files = { usernameFile: join(folder, 'user'), passwordFile: join(folder, 'password') };
    const camera = openCamera({ kind: 'rtsp', url, ...files }, { log, name: 'north', reconnect: QUICK });
    for await (const _frame of camera.frames(stop.signal)) expect.unreachable();
    expect(Buffer.from(authorization, 'base64').toString()).toBe('gantry:p@ss:w/rd');
    expect(lines.join('\n')).not.toContain('rd');
    await rm(folder, { recursive: true });
  });

  async function lostThrice(url: string): Promise<{ codes: unknown[]; states: string[]; camera: Camera }> {
    const stop = new AbortController();
    const codes: unknown[] = [];
    const states: string[] = [];
    const log: Log = {
      event: (_level, _event, fields) => {
        codes.push(fields?.code);
        states.push(camera.state);
        if (codes.length === 3) stop.abort();
      },
    };
    const camera = rtsp(url, log);
    for await (const _frame of camera.frames(stop.signal)) expect.unreachable();
    return { codes, states, camera };
  }
});
