import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { Aedes, type AedesPublishPacket, type Client } from 'aedes';
import { Fault } from '../../config/foundation/fault.ts';
import type { BrokerMessage } from './broker-link.ts';

export interface EmbeddedBroker {
  readonly url: string;
  readonly port: number;
  /** Sees every message that a client publishes (the demo and the privacy test look at all that leaves a node). */
  onPublish(listener: (message: BrokerMessage) => void): () => void;
  close(): Promise<void>;
}

/** An MQTT 3.1.1 broker in this process, on loopback only; for the demo and for tests, never for a motorway. */
export async function startEmbeddedBroker(options: { readonly port?: number } = {}): Promise<EmbeddedBroker> {
  const aedes = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    aedes.handle(socket);
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Fault('broker/no-port', 'the embedded broker has no port');
  return {
    url: `mqtt://127.0.0.1:${address.port}`,
    port: address.port,
    onPublish(listener) {
      const forward = (packet: AedesPublishPacket, client: Client | null): void => {
        if (client === null) return;
        const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
        listener({ topic: packet.topic, payload, retained: packet.retain });
      };
      aedes.on('publish', forward);
      return () => aedes.off('publish', forward);
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
