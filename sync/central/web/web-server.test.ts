import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog as log } from '../../../config/foundation/log.ts';
import { listenAddress } from './listen-address.ts';
import { WebServer } from './web-server.ts';
import { ask, logIn, openWebSite, type WebSite } from './web-site.fixture.ts';

let site: WebSite;

beforeEach(async () => {
  site = await openWebSite();
});
afterEach(() => site.close());

describe('the server', () => {
  it('answers everything with the headers that keep strangers out', async () => {
    for (const path of ['/', '/page.js', '/api/hits', '/nothing']) {
      const { headers } = await ask(site.url, path);
      const policy = String(headers['content-security-policy']);
      for (const rule of [
        "default-src 'none'",
        "script-src 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
      ])
        expect(policy).toContain(rule);
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
      });
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it.each(['evil.example', '127.0.0.1.evil.example', '127.0.0.1:1', 'localhost'])(
    'does not answer to the name %j',
    async (host) => {
      expect([400, 421]).toContain((await ask(site.url, '/', { headers: { host } })).status);
    },
  );

  it('does not answer pages of other sites, even to somebody logged in', async () => {
    const { headers } = await logIn(site.url, 'k.jansen');
    for (const place of ['cross-site', 'same-site'])
      expect((await ask(site.url, '/api/hits', { headers: { ...headers, 'sec-fetch-site': place } })).status).toBe(403);
  });

  it('refuses headers without end', async () => {
    const answer = await ask(site.url, '/', { headers: { cookie: 'x'.repeat(20_000) } });
    expect(answer.status).toBe(431);
  });

  it('survives what is no HTTP, and half a request', async () => {
    for (const bytes of [
      '\u0000\u0001\u0002',
      'GET / HTTP/1.1\r\nhost: 127',
      'POST /api/session HTTP/1.1\r\ncontent-length: -5\r\n\r\n',
    ])
      await new Promise<void>((resolve) => {
        const socket = connect(site.port, '127.0.0.1', () => socket.end(bytes));
        socket.on('error', () => undefined);
        socket.on('close', () => resolve());
        socket.resume();
      });
    expect((await ask(site.url, '/')).status).toBe(200);
  });

  it('goes on after a request that failed, and says nothing of why', async () => {
    const failing = Object.create(site.store, { hits: { value: () => Promise.reject(new Error('secret reason')) } });
    const other = await openWebSite({ desk: failing, log });
    const { headers } = await logIn(other.url, 'k.jansen');
    const answer = await ask(other.url, '/api/hits', { headers });
    expect([answer.status, answer.json()]).toEqual([500, { refused: 'failed' }]);
    expect((await ask(other.url, '/api/session', { headers })).status).toBe(200);
    await other.close();
  });

  it.each(['0.0.0.0:0', '[::]:0', '192.0.2.1:0', 'centre.example:0'])('refuses to listen on %s without TLS', (text) => {
    const make = () =>
      new WebServer({ address: listenAddress(text), tls: null, desk: site.store, users: site.users, idleMs: 1, log });
    expect(make).toThrow(expect.objectContaining({ code: 'web/needs-tls' }));
  });

  it.each(['', 'x', '127.0.0.1', '127.0.0.1:99999', 'a b:80', 'http://127.0.0.1:80'])(
    'takes %j for no address',
    (text) => {
      expect(() => listenAddress(text)).toThrow(expect.objectContaining({ code: 'web/bad-address' }));
    },
  );
});
