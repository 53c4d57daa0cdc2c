import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pause } from '../config/foundation/pause.ts';

const boundary = 'hazeldonk-film';

/** A camera that plays a film to a certain frame and then shows that frame until it is told to go on. */
export interface FilmCamera {
  readonly url: string;
  /** Resolves when this frame was sent; it stays in the picture. */
  playTo(frame: number): Promise<void>;
  close(): Promise<void>;
}

/** Motion JPEG over HTTP on loopback; nothing is played before somebody looks. */
export async function startFilmCamera(frames: readonly Uint8Array[], framesPerSecond: number): Promise<FilmCamera> {
  const viewers = new Set<ServerResponse>();
  const stop = new AbortController();
  let at = 0;
  let goal = 0;
  let arrived: () => void = () => undefined;
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': `multipart/x-mixed-replace; boundary=${boundary}` });
    viewers.add(response);
    response.once('close', () => viewers.delete(response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const playing = (async () => {
    while (!stop.signal.aborted) {
      await pause(1000 / framesPerSecond, stop.signal);
      const jpeg = frames[at];
      const [viewer] = viewers;
      // A viewer that does not keep up holds up the film: this is no test of speed.
      if (jpeg === undefined || viewer === undefined || viewer.writableNeedDrain) continue;
      viewer.write(`--${boundary}\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.byteLength}\r\n\r\n`);
      viewer.write(jpeg);
      viewer.write('\r\n');
      if (at === goal) arrived();
      else at += 1;
    }
  })();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/film`,
    async playTo(frame) {
      goal = Math.min(frame, frames.length - 1);
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    },
    async close() {
      stop.abort();
      await playing;
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
