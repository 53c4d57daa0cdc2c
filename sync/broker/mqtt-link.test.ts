import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { jsonLog } from '../../config/foundation/log.ts';
import { inbox } from './broker-link.contract.ts';
import { startEmbeddedBroker } from './embedded-broker.ts';
import { MqttLink, type MqttLinkOptions } from './mqtt-link.ts';
import { withBroker } from './with-broker.ts';

const connack = Buffer.from([0x20, 0x02, 0x00, 0x00]);
const fast = { reconnectFirstMs: 20, reconnectLongestMs: 50 };
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function start(options: MqttLinkOptions): { link: MqttLink; stop: () => Promise<void> } {
  const link = new MqttLink({ ...fast, ...options });
  const controller = new AbortController();
  const running = link.run(controller.signal);
  const stop = async (): Promise<void> => {
    controller.abort();
    await running;
  };
  closers.push(stop);
  return { link, stop };
}

const connected = (link: MqttLink) => new Promise<void>((resolve) => link.onConnected(resolve));

/** A server that does with each connection what the test says. */
async function rawServer(onSocket: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return `mqtt://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`;
}

/** Accepts the connection and acknowledges nothing after that. */
function silentAfterConnack(socket: Socket): void {
  socket.once('data', () => socket.write(connack));
}

/** Accepts the connection and answers pings, and acknowledges nothing. */
function answersPingsOnly(socket: Socket): void {
  silentAfterConnack(socket);
  socket.on('data', (bytes) => {
    if (bytes[0] === 0xc0) socket.write(Buffer.from([0xd0, 0x00]));
  });
}

function credentialFile(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-link-'));
  closers.push(async () => rmSync(folder, { recursive: true }));
  const file = join(folder, 'credential');
  writeFileSync(file, content);
  return file;
}

describe('a broker link in trouble', () => {
  it('keeps its own deadline when the broker acknowledges nothing, and connects anew after three of them', async () => {
    let connections = 0;
    const url = await rawServer((socket) => {
      connections += 1;
      silentAfterConnack(socket);
    });
    const { link } = start({ url });
    await connected(link);
    for (let index = 0; index < 3; index += 1) {
      expect(await link.publish('a', Buffer.from('x'), { qos: 1, deadlineMs: 30 })).toBe('timed-out');
    }
    await vi.waitFor(() => expect(connections).toBe(2), 10_000);
    await connected(link);
  });

  it('does not take a broker for silent whose acknowledgements are late', async () => {
    let connections = 0;
    const url = await rawServer((socket) => {
      connections += 1;
      socket.once('data', () => {
        socket.write(connack);
        let givenUp = Buffer.alloc(0);
        socket.on('data', (publication) => {
          // Each publication brings the acknowledgement of the one before, which was given up by then.
          if (givenUp.length > 0) socket.write(Buffer.concat([Buffer.from([0x40, 0x02]), givenUp]));
          givenUp = Buffer.from(publication.subarray(5, 7));
        });
      });
    });
    const { link } = start({ url });
    await connected(link);
    for (let index = 0; index < 6; index += 1) {
      expect(await link.publish('a', Buffer.from('x'), { qos: 1, deadlineMs: 400 })).toBe('timed-out');
    }
    expect([link.connected, connections]).toEqual([true, 1]);
  });

  it('drops a broker that answers pings and acknowledges nothing, however long the publication may take', async () => {
    const url = await rawServer(answersPingsOnly);
    const lines: string[] = [];
    const { link } = start({ url, keepaliveSeconds: 1, log: jsonLog((line) => lines.push(line)) });
    await connected(link);
    const publishing = link.publish('a', Buffer.from('x'), { qos: 1, deadlineMs: 3_600_000 });
    expect(await publishing).toBe('not-connected');
    expect(lines.join('')).toContain('broker/silent');
  });

  it('connects with renewed credentials although the broker never acknowledged what was under way', async () => {
    let connections = 0;
    const url = await rawServer((socket) => {
      connections += 1;
      answersPingsOnly(socket);
    });
    const passwordFile = credentialFile('before');
    const { link } = start({
      url,
      usernameFile: credentialFile('gantry-7'),
      passwordFile,
      credentialCheckMs: 20,
      keepaliveSeconds: 1,
    });
    await connected(link);
    const publishing = link.publish('a', Buffer.from('x'), { qos: 1, deadlineMs: 500 });
    writeFileSync(passwordFile, 'after');
    await vi.waitFor(() => expect(link.connected).toBe(false), { interval: 5, timeout: 10_000 });
    expect(await publishing).toBe('timed-out');
    await vi.waitFor(() => expect(connections).toBe(2), 10_000);
  });

  it('leaves no connection behind when it stops although the broker never acknowledged what was under way', async () => {
    let closed = false;
    const url = await rawServer((socket) => {
      socket.once('close', () => {
        closed = true;
      });
      answersPingsOnly(socket);
    });
    const { link, stop } = start({ url, keepaliveSeconds: 1 });
    await connected(link);
    const publishing = link.publish('a', Buffer.from('x'), { qos: 1, deadlineMs: 100 });
    await Promise.all([stop(), publishing]);
    await vi.waitFor(() => expect(closed).toBe(true), 2_000);
  });

  it('takes neither silence nor the end of a connection for the answer to a subscription', async () => {
    let socket: Socket | undefined;
    const url = await rawServer((one) => {
      socket = one;
      silentAfterConnack(one);
    });
    const { link } = start({ url });
    await connected(link);
    link.subscribe('a/#', () => undefined);
    expect(await link.subscriptionsAnswered(50)).toBe(false);
    const answered = link.subscriptionsAnswered(60_000);
    socket?.destroy();
    expect(await answered).toBe(false);
  });

  it('settles what is under way as not-connected when the connection breaks', async () => {
    let socket: Socket | undefined;
    const url = await rawServer((one) => {
      socket = one;
      silentAfterConnack(one);
    });
    const { link } = start({ url });
    await connected(link);
    const publishing = link.publish('a', Buffer.from('x'), { qos: 1, deadlineMs: 60_000 });
    socket?.destroy();
    expect(await publishing).toBe('not-connected');
  });

  it.each([
    ['garbage', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['a packet of 255 MB that never ends', Buffer.concat([connack, Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f])])],
    ['nothing but an end', Buffer.alloc(0)],
  ])('survives a server that answers with %s', async (_, answer) => {
    let connections = 0;
    const url = await rawServer((socket) => {
      connections += 1;
      socket.once('data', () => {
        if (answer.length === 0) return socket.end();
        socket.write(answer);
        if (answer.length > 100 || answer[0] !== 0x20) return;
        const more = (): void => {
          while (!socket.destroyed && socket.write(Buffer.alloc(65_536)));
        };
        socket.on('drain', more);
        more();
      });
    });
    start({ url, maxPayloadBytes: 10_000, connectDeadlineMs: 300 });
    await vi.waitFor(() => expect(connections).toBeGreaterThanOrEqual(3), 20_000);
  });

  it('drops a message above its limit and goes on', async () => {
    const broker = await startEmbeddedBroker();
    closers.push(() => broker.close());
    const lines: string[] = [];
    const { link } = start({ url: broker.url, maxPayloadBytes: 1_000, log: jsonLog((line) => lines.push(line)) });
    const sender = start({ url: broker.url }).link;
    await Promise.all([connected(link), connected(sender)]);
    const box = inbox(link, 'a/#');
    await sender.publish('a/large', Buffer.alloc(5_000), { qos: 1, deadlineMs: 5_000 });
    await sender.publish('a/small', Buffer.from('x'), { qos: 1, deadlineMs: 5_000 });
    expect((await box.next()).topic).toBe('a/small');
    expect(lines.join('')).toContain('broker/message-too-large');
    expect(await link.publish('a/b', Buffer.alloc(1_001), { qos: 1, deadlineMs: 5_000 })).toBe('refused');
  });

  it('tells a command why it cannot connect', async () => {
    const gone = await startEmbeddedBroker();
    await gone.close();
    const silent = await rawServer(() => undefined);
    const refusing = await rawServer((socket) => socket.once('data', () => socket.write(Buffer.from([0x20, 2, 0, 5]))));
    const codeOf = async (options: MqttLinkOptions): Promise<unknown> =>
      withBroker({ connectDeadlineMs: 600, ...options }, async () => 'connected').catch((fault) => fault.code);
    expect(await codeOf({ url: gone.url })).toBe('broker/unreachable');
    expect(await codeOf({ url: silent, connectDeadlineMs: 200 })).toBe('broker/no-answer');
    expect(await codeOf({ url: refusing })).toBe('broker/not-authorised');
    expect(await codeOf({ url: gone.url, caFile: '/nonexistent' })).toBe('broker/credentials-unreadable');
  });
});

describe('presence by last will', () => {
  const will = { topic: 'here/node', payload: Buffer.from('lost'), farewell: Buffer.from('stopped') };

  it('says farewell when it is stopped, and leaves the will to the broker when it is cut off', async () => {
    const broker = await startEmbeddedBroker();
    closers.push(() => broker.close());
    const watcher = start({ url: broker.url }).link;
    await connected(watcher);
    const box = inbox(watcher, 'here/node');

    const clean = start({ url: broker.url, lastWill: will });
    await connected(clean.link);
    await clean.stop();
    expect(String((await box.next()).payload)).toBe('stopped');

    // The second client of the same name makes the broker cut off the first.
    const first = start({ url: broker.url, clientId: 'twin', lastWill: will });
    await connected(first.link);
    await withBroker({ url: broker.url, clientId: 'twin' }, async () => undefined);
    expect(String((await box.next()).payload)).toBe('lost');
  });
});
