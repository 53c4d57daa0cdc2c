import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

const turnMs = 10;

export interface ThinLine {
  readonly url: string;
  /** How many connections were made through it. */
  readonly connections: number;
  /** From now on nothing passes on the connections there are, and nobody is told: half-open. */
  freeze(): void;
  close(): Promise<void>;
}

/** A line to a broker that carries only so many bytes a second towards it. */
export async function thinLine(brokerPort: number, bytesPerSecond: number): Promise<ThinLine> {
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let connections = 0;
  const server = createServer((client) => {
    connections += 1;
    const broker = connect(brokerPort, '127.0.0.1');
    for (const [socket, other] of [[client, broker] as const, [broker, client] as const]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => other.destroy());
    }
    broker.pipe(client);
    client.on('readable', () => undefined);
    let lastMs = performance.now();
    let allowed = 0;
    const timer = setInterval(() => {
      const nowMs = performance.now();
      // A turn that came late carries more; a line on which nothing waits saves nothing up.
      allowed = client.readableLength === 0 ? 0 : allowed + ((nowMs - lastMs) / 1_000) * bytesPerSecond;
      lastMs = nowMs;
      const bytes = Math.min(Math.floor(allowed), client.readableLength);
      if (bytes === 0) return;
      allowed -= bytes;
      broker.write(client.read(bytes));
    }, turnMs);
    timers.add(timer);
    client.once('close', () => clearInterval(timer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `mqtt://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`,
    get connections() {
      return connections;
    },
    freeze() {
      for (const timer of timers) clearInterval(timer);
      for (const socket of sockets) socket.unpipe().pause();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
