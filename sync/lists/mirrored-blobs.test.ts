import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { MemoryBroker } from '../broker/memory-link.ts';
import { topics } from '../broker/topics.ts';
import { startMs, TestAuthority, TestNode } from './list-world.fixture.ts';
import { signManifest } from './manifest.ts';
import { MirroredBlobs, type MirroredBlobsOptions } from './mirrored-blobs.ts';
import type { BlobReference } from './retained-blobs.ts';
import { wrapListKey } from './sealing/wrap.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-mirror-'));
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', [...kind, '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', ...files], {
    stdio: 'ignore',
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bytes = randomBytes(200_000);
const sha256 = createHash('sha256').update(bytes).digest('hex');
const never = new AbortController().signal;

interface Asked {
  readonly url: string;
  readonly range: string | null;
}

/** An HTTPS server on loopback with a certificate of its own. */
async function mirror(answer: (request: IncomingMessage, response: ServerResponse, nth: number) => void) {
  const asked: Asked[] = [];
  const listener: RequestListener = (request, response) => {
    asked.push({ url: request.url ?? '', range: request.headers.range ?? null });
    answer(request, response, asked.length);
  };
  const credentials = { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) };
  const server = createServer(credentials, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/blobs`, asked };
}

/** Serves ranges, as file servers and CDNs do. */
function serve(request: IncomingMessage, response: ServerResponse, content: Buffer = bytes): void {
  const from = /^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1];
  if (from === undefined) response.writeHead(200, { 'content-length': content.length }).end(content);
  else {
    const range = `bytes ${from}-${content.length - 1}/${content.length}`;
    response.writeHead(206, { 'content-range': range }).end(content.subarray(Number(from)));
  }
}

function source(change: Partial<MirroredBlobsOptions> = {}) {
  const calls = { fallback: 0, altered: 0 };
  const blobs = new MirroredBlobs({
    caFile: join(folder, 'cert.pem'),
    onAltered: () => {
      calls.altered += 1;
    },
    fallback: {
      fetch: async () => {
        calls.fallback += 1;
        return bytes;
      },
    },
    ...change,
  });
  onTestFinished(() => blobs.close());
  return { blobs, calls };
}

const blobAt = (...mirrors: string[]): BlobReference => ({
  authority: 'NL',
  list: 'stolen',
  sha256,
  bytes: bytes.length,
  mirrors,
});

it('takes a blob from a mirror and leaves the broker alone', async () => {
  const { url, asked } = await mirror((request, response) => serve(request, response));
  const { blobs, calls } = source();
  expect(Buffer.from(await blobs.fetch(blobAt(url), never)).equals(bytes)).toBe(true);
  expect(asked).toEqual([{ url: `/blobs/${sha256}`, range: null }]);
  expect(calls).toEqual({ fallback: 0, altered: 0 });
});

it('goes on where a connection broke, and asks for no byte twice', async () => {
  const { url, asked } = await mirror((request, response, nth) => {
    if (nth === 3) return serve(request, response);
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
    response.writeHead(from === 0 ? 200 : 206, { 'content-length': bytes.length - from, 'content-range': range });
    response.write(bytes.subarray(from, from + 50_000), () => request.socket.destroy());
  });
  const { blobs, calls } = source();
  expect(Buffer.from(await blobs.fetch(blobAt(url), never)).equals(bytes)).toBe(true);
  const starts = asked.map(({ range }) => Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0));
  expect(starts).toHaveLength(3);
  expect(starts[1]).toBeGreaterThan(0);
  expect(starts[2]).toBeGreaterThan(starts[1] ?? 0);
  expect(calls.fallback).toBe(0);
});

it('begins again at a server that knows no ranges', async () => {
  const { url, asked } = await mirror((request, response, nth) => {
    response.writeHead(200, { 'content-length': bytes.length });
    if (nth === 1) response.write(bytes.subarray(0, 10_000), () => request.socket.destroy());
    else response.end(bytes);
  });
  const { blobs } = source();
  expect(Buffer.from(await blobs.fetch(blobAt(url), never)).equals(bytes)).toBe(true);
  expect(asked).toHaveLength(2);
});

const useless: readonly [string, (request: IncomingMessage, response: ServerResponse) => void, number][] = [
  ['has it not', (_, response) => response.writeHead(404).end('no'), 0],
  [
    'sends the node elsewhere',
    (_, response) => response.writeHead(302, { location: 'https://127.0.0.1:1/x' }).end(),
    0,
  ],
  ['sends other bytes', (_, response) => response.writeHead(200).end(randomBytes(bytes.length)), 1],
  ['sends less', (_, response) => response.writeHead(200).end(bytes.subarray(0, 1000)), 0],
  ['names another length', (_, response) => response.writeHead(200, { 'content-length': 5 }).end('hello'), 0],
  [
    'never stops',
    (_, response) => {
      response.writeHead(200);
      const more = () => response.writable && response.write(Buffer.alloc(65_536), () => setImmediate(more));
      more();
    },
    0,
  ],
  ['packs it', (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes), 0],
  [
    'gives another range',
    (_, response) => response.writeHead(206, { 'content-range': 'bytes 5-9/200000' }).end('hello'),
    0,
  ],
  ['says nothing', () => undefined, 0],
  ['hangs up', (request) => void request.socket.destroy(), 0],
];

it.each(useless)('turns to the next mirror, then to the broker, from one that %s', async (how, answer, altered) => {
  const bad = await mirror(answer);
  const good = await mirror((request, response) => serve(request, response));
  const { blobs, calls } = source(how === 'says nothing' ? { silenceMs: 1000 } : {});
  expect(Buffer.from(await blobs.fetch(blobAt(bad.url, good.url), never)).equals(bytes)).toBe(true);
  expect(calls).toEqual({ fallback: 0, altered });
  expect(good.asked).toHaveLength(1);
  const asked = bad.asked.length;
  await blobs.fetch(blobAt(bad.url), never);
  expect(calls.fallback).toBe(1);
  // A mirror that failed rests, so that the next thousand blobs do not wait for it each.
  expect(bad.asked).toHaveLength(asked);
});

it('asks a mirror again after its rest', async () => {
  let nowMs = startMs;
  const { url, asked } = await mirror((request, response, nth) => {
    if (nth === 1) response.writeHead(503).end();
    else serve(request, response);
  });
  const { blobs, calls } = source({ now: () => nowMs });
  await blobs.fetch(blobAt(url), never);
  nowMs += 300_000;
  await blobs.fetch(blobAt(url), never);
  expect(asked).toHaveLength(2);
  expect(calls.fallback).toBe(1);
});

it('believes no mirror whose certificate nobody vouches for', async () => {
  const { url, asked } = await mirror((request, response) => serve(request, response));
  const { blobs, calls } = source({ caFile: undefined });
  await blobs.fetch(blobAt(url), never);
  expect(asked).toEqual([]);
  expect(calls.fallback).toBe(1);
});

it('stops at once when the version is overtaken', async () => {
  const { url } = await mirror(() => undefined);
  const { blobs, calls } = source();
  const stop = new AbortController();
  const fetching = blobs.fetch(blobAt(url), stop.signal);
  stop.abort(new Error('overtaken'));
  await expect(fetching).rejects.toThrow('overtaken');
  expect(calls.fallback).toBe(0);
});

it('brings a list to a node whose broker holds the manifest alone', async () => {
  const broker = new MemoryBroker();
  const authority = new TestAuthority();
  const manifest = await authority.build(['12-ABC-3,NL,ref-1']);
  const { url, asked } = await mirror((request, response) => {
    serve(request, response, authority.folder.blob(request.url?.split('/').at(-1) ?? ''));
  });
  const mirrorCaFile = join(folder, 'cert.pem');
  const node = (await TestNode.open({ link: broker.link(), authorities: [authority], mirrorCaFile })).start();
  const wrapped = await wrapListKey(authority.folder.listKey(), manifest, node.key.publicKey);
  broker.take(topics.listKey(node.key.id, 'NL', 'stolen', 1), Buffer.from(wrapped), true);
  const signed = signManifest({ ...manifest, mirrors: [url] }, authority.signingKey);
  broker.take(topics.listManifest('NL', 'stolen'), signed.bytes, true);
  await node.until(() => node.applied.length === 1);
  expect(node.matching('12ABC3')).toHaveLength(1);
  expect(asked).toHaveLength(2);
  expect(broker.published.some(({ topic }) => topic.includes('/blobs/'))).toBe(false);
});
