import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { expect, it, onTestFinished, vi } from 'vitest';
import { TestAuthority } from './certificates.fixture.ts';
import { LifeSigns } from './life-signs.ts';

const soon = { timeout: 10_000, interval: 5 };
/** More than the system takes of a connection whose other end reads nothing. */
const tooMuch = Buffer.alloc(32 * 1024 * 1024);

type Kind = 'TCP' | 'TLS';

function serverOf(kind: Kind): Server {
  if (kind === 'TCP') return createServer({ pauseOnConnect: true });
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-signs-'));
  const { certificateFile, keyFile } = new TestAuthority(folder).server('server');
  const files = { cert: readFileSync(certificateFile), key: readFileSync(keyFile) };
  rmSync(folder, { recursive: true });
  return createTlsServer(files);
}

/** Both ends of a connection; the other end reads nothing until it is told to. */
async function line(kind: Kind = 'TCP'): Promise<{ near: Socket; far: Socket }> {
  const server = serverOf(kind).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const accepted = once(server, kind === 'TLS' ? 'secureConnection' : 'connection');
  const to = { port: typeof address === 'object' ? (address?.port ?? 0) : 0, host: '127.0.0.1' };
  const near = kind === 'TLS' ? connectTls({ ...to, rejectUnauthorized: false }) : connect(to);
  const [far] = (await accepted) as [Socket];
  far.pause();
  onTestFinished(() => {
    near.destroy();
    far.destroy();
    server.close();
  });
  return { near, far };
}

it.each<Kind>(['TCP', 'TLS'])(
  'takes what the system sends of a long packet for a sign of life, and what it only keeps for none (%s)',
  async (kind) => {
    const { near, far } = await line(kind);
    const signs = new LifeSigns(near);
    const atFirst = signs.lastMs();
    near.write(tooMuch);
    let full = 0;
    await vi.waitFor(() => {
      const before = full;
      full = signs.lastMs();
      expect([near.writableLength, full]).toEqual([tooMuch.length, before]);
    }, soon);
    expect(signs.lastMs()).toBe(full);
    far.resume();
    await vi.waitFor(() => expect(signs.lastMs()).toBeGreaterThan(Math.max(full, atFirst)), soon);
  },
);

it('hears the other end, but not in its answer to a ping', async () => {
  const { near, far } = await line();
  const signs = new LifeSigns(near);
  near.resume();
  const atFirst = signs.lastMs();
  const answered = once(near, 'data');
  far.write(Buffer.from([0xd0, 0x00]));
  await answered;
  expect(signs.lastMs()).toBe(atFirst);
  far.write(Buffer.from([0x40, 0x02, 0x00, 0x01]));
  await vi.waitFor(() => expect(signs.lastMs()).toBeGreaterThan(atFirst), soon);
});

it.skipIf(process.platform !== 'linux').each<Kind>(['TCP', 'TLS'])(
  'sees the other end take what the system had taken whole (%s)',
  async (kind) => {
    const { near, far } = await line(kind);
    const signs = new LifeSigns(near);
    near.write(Buffer.alloc(1024 * 1024));
    let stuck = 0;
    await vi.waitFor(() => {
      const before = stuck;
      stuck = signs.lastMs();
      expect([near.writableLength, stuck]).toEqual([0, before]);
    }, soon);
    far.resume();
    await vi.waitFor(() => expect(signs.lastMs()).toBeGreaterThan(stuck), soon);
  },
);

it('sees no sign of life in a system that takes a hit which is not acknowledged', async () => {
  const { near, far } = await line();
  const signs = new LifeSigns(near);
  const atFirst = signs.lastMs();
  for (let hits = 0; hits < 3; hits += 1) {
    near.write(Buffer.alloc(2_000));
    signs.lastMs();
    far.resume();
    await once(far, 'data');
  }
  expect(signs.lastMs()).toBe(atFirst);
});

it('grants what is unacknowledged its time on the slowest link, up to what may be on its way unseen', async () => {
  const { near } = await line();
  const signs = new LifeSigns(near);
  const quiet = (bytes: number): number => Math.round(signs.quietMs(bytes, { bytesPerSecond: 1_000 }) / 1_000);
  expect([quiet(0), quiet(20_000), quiet(2_000_000)]).toEqual([0, -20, -33]);
});

it('counts for whoever has waited only since a moment ago no more than that', async () => {
  const { near } = await line();
  const signs = new LifeSigns(near);
  const sinceMs = performance.now() + 60_000;
  expect(Math.round(signs.quietMs(0, { sinceMs }) / 1_000)).toBe(-60);
});
