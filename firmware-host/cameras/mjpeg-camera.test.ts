import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Log, silentLog } from '../../config/foundation/log.ts';
import { encodeLumaJpeg } from '../../recognizer/picture/encode-jpeg.ts';
import { numberedFrame, numberOf } from './numbered-frames.test-data.ts';
import { openCamera } from './open-camera.ts';

const QUICK = { stallMs: 20_000, firstDelayMs: 5, longestDelayMs: 20, steadyMs: 60_000 };
const MULTIPART = { 'content-type': 'multipart/x-mixed-replace; boundary=frame' };

const jpegs: Uint8Array[] = [];
beforeAll(async () => {
  for (let number = 0; number < 6; number++) jpegs.push(await encodeLumaJpeg(numberedFrame(number), 90));
});

let server: Server;
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** Each request gets the next answer, the last one for ever. */
async function serve(...answers: Answer[]): Promise<string> {
  let turn = 0;
  server = createServer((request, response) => {
    response.on('error', () => undefined);
    answers[Math.min(turn++, answers.length - 1)]!(response, request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/video`;
}

function part(body: Uint8Array): Buffer {
  const head = `--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body, Buffer.from('\r\n')]);
}

const stream: Answer = (response) => {
  response.writeHead(200, MULTIPART);
  for (const jpeg of jpegs) response.write(part(jpeg));
};

/** Reads until the picture with the number `last` came; says what was seen and why connections were lost. */
async function watch(
  url: string,
  last: number,
  more: { stallMs?: number; usernameFile?: string; passwordFile?: string } = {},
) {
  const lost: unknown[] = [];
  const log: Log = { event: (_level, event, fields) => void (event === 'camera/lost' && lost.push(fields?.code)) };
  const { stallMs = QUICK.stallMs, ...files } = more;
  const camera = openCamera({ kind: 'mjpeg', url, ...files }, { log, name: 'north', reconnect: { ...QUICK, stallMs } });
  const stop = new AbortController();
  const seen: number[] = [];
  for await (const frame of camera.frames(stop.signal)) {
    seen.push(numberOf(frame.luma));
    if (seen.at(-1) === last) stop.abort();
  }
  return { seen, lost };
}

describe('a Motion JPEG camera', () => {
  it('gives every picture of the stream', async () => {
    expect(await watch(await serve(stream), 5)).toEqual({ seen: [0, 1, 2, 3, 4, 5], lost: [] });
  });

  it('leaves out undecoded what was overtaken, where only the newest is wanted, and tells how much', async () => {
    let overtaken = 0;
    const context = { log: silentLog, name: 'north', reconnect: QUICK, onOvertaken: () => overtaken++ };
    const camera = openCamera({ kind: 'mjpeg', url: await serve(stream) }, context);
    const stop = new AbortController();
    const frames = camera.frames(stop.signal)[Symbol.asyncIterator]();
    await frames.next();
    await vi.waitFor(() => expect(overtaken).toBe(jpegs.length - 2), { timeout: 20_000, interval: 5 });
    const { value } = await frames.next();
    expect([numberOf(value.luma), value.index]).toEqual([5, 1]);
    stop.abort();
    expect((await frames.next()).done).toBe(true);
  });

  it('dials again when the connection drops in the middle of a picture', async () => {
    const drops: Answer = (response) => {
      response.writeHead(200, MULTIPART);
      response.write(Buffer.concat([part(jpegs[0]!), part(jpegs[1]!).subarray(0, 700)]), () => response.destroy());
    };
    const { seen, lost } = await watch(await serve(drops, stream), 1);
    expect([
      [0, 1],
      [0, 0, 1],
    ]).toContainEqual(seen);
    expect(lost).toEqual(['camera/connection-lost']);
  });

  it('skips pictures that are cut, claim to be huge or are none, and reads on', async () => {
    const huge = Buffer.from(jpegs[1]!);
    const startOfFrame = huge.indexOf(Buffer.from([0xff, 0xc0]));
    huge.writeUInt16BE(65_000, startOfFrame + 5);
    huge.writeUInt16BE(65_000, startOfFrame + 7);
    const mixed: Answer = (response) => {
      response.writeHead(200, MULTIPART);
      const bodies = [
        jpegs[0]!,
        jpegs[1]!.subarray(0, 500),
        huge,
        Buffer.from('no picture'),
        Buffer.alloc(0),
        jpegs[2]!,
      ];
      for (const body of bodies) response.write(part(body));
    };
    expect(await watch(await serve(mixed), 2)).toEqual({ seen: [0, 2], lost: [] });
  });

  it.each<[string, string, Answer]>([
    ['404', 'camera/http-status', (response) => response.writeHead(404).end('not here')],
    ['401', 'camera/not-authorised', (response) => response.writeHead(401).end()],
    [
      'a web page',
      'camera/not-mjpeg',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    ],
    [
      'no boundary',
      'camera/not-mjpeg',
      (response) => response.writeHead(200, { 'content-type': 'multipart/mixed' }).end(),
    ],
    ['an end', 'camera/stream-ended', (response) => response.writeHead(200, MULTIPART).end()],
    ['a hang-up', 'camera/unreachable', (response) => void response.destroy()],
    [
      'a part without end',
      'camera/part-too-large',
      (response) => {
        response.writeHead(200, MULTIPART);
        response.write('--frame\r\nContent-Type: image/jpeg\r\n\r\n');
        const flood = Buffer.alloc(1 << 20, 0x41);
        const write = () => {
          while (!response.destroyed && response.write(flood));
          if (!response.destroyed) response.once('drain', write);
        };
        write();
      },
    ],
    [
      'noise',
      'camera/bad-multipart',
      (response) => {
        response.writeHead(200, MULTIPART);
        response.write(Buffer.alloc(100_000, 0x2d));
        response.write(Buffer.alloc(100_000, 0x41));
      },
    ],
  ])('survives %s and reads on when the camera has recovered', async (_what, code, answer) => {
    expect(await watch(await serve(answer, stream), 1)).toEqual({ seen: [0, 1], lost: [code] });
  });

  it('dials again when the stream stands still, or holds nothing readable any more', async () => {
    const silent: Answer = (response) => void response.writeHead(200, MULTIPART).write(part(jpegs[0]!));
    const { lost } = await watch(await serve(silent, silent, stream), 5, { stallMs: 400 });
    expect(lost.length).toBeGreaterThanOrEqual(2);
    expect(new Set(lost)).toEqual(new Set(['camera/stalled']));
  });

  it('shows the user name and password of its files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hazeldonk-mjpeg-'));
    const files = { usernameFile: join(folder, 'user'), passwordFile: join(folder, 'password') };
    await writeFile(files.usernameFile, 'gantry\n');
    await writeFile(files.passwordFile, 'p@ss:w/rd\n');
    let authorization = '';
    const url = await serve((response, request) => {
      authorization = request.headers.authorization ?? '';
      stream(response, request);
    });
    await watch(url, 0, files);
    expect(authorization).toBe(`Basic ${Buffer.from('gantry:p@ss:w/rd').toString('base64')}`);
    await rm(folder, { recursive: true });
  });
});
