import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pause } from '../../../config/foundation/pause.ts';
import type { FilmRecord, FilmRole, FromFilms } from './latency-messages.ts';

const boundary = 'hazeldonk-bench-frame';

/**
 * Plays films as cameras do, Motion JPEG over HTTP on loopback, and notes when each frame went out. The cameras are not in
 * step: each begins a share of a frame after the one before. Ends when `stop` aborts, and then tells what was played.
 */
export async function playFilms(role: FilmRole, tell: (message: FromFilms) => void, stop: AbortSignal): Promise<void> {
  const viewers = role.films.map(() => new Set<ServerResponse>());
  const server = createServer((request, response) => {
    const camera = viewers[Number(request.url?.slice(1))];
    if (camera === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': `multipart/x-mixed-replace; boundary=${boundary}` });
    response.flushHeaders();
    camera.add(response);
    response.once('close', () => camera.delete(response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  tell({ tell: 'listening', urls: role.films.map((_, camera) => `http://127.0.0.1:${port}/${camera}`) });
  const periodMs = 1000 / role.framesPerSecond;
  const records = await Promise.all(
    role.films.map(async (files, camera) => {
      const frames = await Promise.all(files.map((file) => readFile(file)));
      const beginMs = performance.now() + (camera * periodMs) / role.films.length;
      return await playFilm({ frames, beginMs, periodMs, viewers: viewers[camera] ?? new Set() }, stop);
    }),
  );
  tell({ tell: 'played', records });
  server.closeAllConnections();
  server.close();
}

interface Film {
  readonly frames: readonly Uint8Array[];
  readonly beginMs: number;
  readonly periodMs: number;
  readonly viewers: ReadonlySet<ServerResponse>;
}

/** A frame whose time has passed before its turn is left out, as a camera does whose picture is gone. */
async function playFilm({ frames, beginMs, periodMs, viewers }: Film, stop: AbortSignal): Promise<FilmRecord> {
  const sentMs: number[] = [];
  const missedMs: number[] = [];
  for (let index = 0; !stop.aborted; ) {
    await pause(beginMs + index * periodMs - performance.now(), stop);
    const jpeg = frames[index % frames.length];
    const [viewer] = viewers;
    if (viewer !== undefined && jpeg !== undefined && !stop.aborted) {
      if (viewer.writableNeedDrain) missedMs.push(Date.now());
      else {
        sentMs.push(Date.now());
        viewer.write(`--${boundary}\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.byteLength}\r\n\r\n`);
        viewer.write(jpeg);
        viewer.write('\r\n');
      }
    }
    index = Math.max(index + 1, Math.floor((performance.now() - beginMs) / periodMs));
  }
  return { sentMs, missedMs };
}
