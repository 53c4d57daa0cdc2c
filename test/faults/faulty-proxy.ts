import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { acknowledgement, MqttPackets } from './mqtt-packets.ts';
import type { Random } from './random.ts';

interface Connection {
  readonly client: Socket;
  readonly broker: Socket;
  /** Half-open for good: neither end hears of the other again, and neither is told. */
  dead: boolean;
}

/** A network between a client and its broker that can be cut, be half-open, be slow, or acknowledge and forget. */
export class FaultyProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #brokerPort: number;
  readonly #random: Random;
  readonly #connections = new Set<Connection>();
  #way: 'open' | 'cut' | 'half-open' = 'open';
  #delayMs = 0;
  #forgetful = { fromClient: 0, toClient: 0 };

  static async open(brokerPort: number, random: Random): Promise<FaultyProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FaultyProxy(server, brokerPort, random);
  }

  private constructor(server: Server, brokerPort: number, random: Random) {
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#brokerPort = brokerPort;
    this.#random = random;
    server.on('connection', (client) => this.#join(client));
  }

  cut(): void {
    this.#way = 'cut';
    for (const { client, broker } of this.#connections) for (const socket of [client, broker]) socket.destroy();
  }

  halfOpen(): void {
    this.#way = 'half-open';
    for (const connection of this.#connections) connection.dead = true;
  }

  slow(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  /** Shares of publications that are acknowledged to their sender and never passed on. */
  forget(shares: { readonly fromClient?: number; readonly toClient?: number }): void {
    this.#forgetful = { fromClient: 0, toClient: 0, ...shares };
  }

  heal(): void {
    this.#way = 'open';
    this.#delayMs = 0;
    this.forget({});
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    if (this.#way === 'cut') {
      client.destroy();
      return;
    }
    const broker = connect(this.#brokerPort, '127.0.0.1');
    const connection = { client, broker, dead: this.#way === 'half-open' };
    this.#connections.add(connection);
    this.#carry(connection, client, broker, () => this.#forgetful.fromClient);
    this.#carry(connection, broker, client, () => this.#forgetful.toClient);
  }

  #carry(connection: Connection, from: Socket, to: Socket, forgets: () => number): void {
    const packets = new MqttPackets();
    let earlier: Promise<void> | null = null;
    from.setNoDelay(true);
    from.on('error', () => undefined);
    from.on('close', () => {
      this.#connections.delete(connection);
      if (!connection.dead || from === connection.client) to.destroy();
    });
    const pass = (packet: Buffer): void => {
      if (!connection.dead && !to.destroyed) to.write(packet);
    };
    from.on('data', (chunk) => {
      if (connection.dead) return;
      for (const packet of packets.take(chunk)) {
        const answer = forgets() > this.#random.next() ? acknowledgement(packet) : null;
        if (answer !== null) from.write(answer);
        else if (this.#delayMs === 0 && earlier === null) pass(packet);
        else {
          const delayMs = this.#delayMs;
          // One after the other, or a packet overtakes those that were sent while the network was slower.
          const turn: Promise<void> = (earlier ?? Promise.resolve())
            .then(() => new Promise((resolve) => setTimeout(resolve, delayMs)))
            .then(() => {
              pass(packet);
              if (earlier === turn) earlier = null;
            });
          earlier = turn;
        }
      }
    });
  }
}
