import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeMessage } from '../../uplink/cloud-event.ts';
import { sampleHit, samplePicture } from '../../uplink/sample-hit.test-data.ts';
import { listenAddress } from './listen-address.ts';
import { WebServer } from './web-server.ts';
import {
  type Answered,
  ask,
  askToLogIn,
  keptLog,
  type LoggedIn,
  logIn,
  openWebSite,
  type WebSite,
} from './web-site.fixture.ts';

const pictures = { plate: samplePicture(2_000, 1), scene: samplePicture(9_000, 2) };
const hit = sampleHit({ evidence: pictures });
const log = keptLog();
let site: WebSite;

beforeEach(async () => {
  log.lines.length = 0;
  site = await openWebSite({ log });
  await site.store.addHits([{ hit, body: encodeMessage(hit) }], 5_000);
  await site.store.addPicture('gantry-7', hit.id, 'plate', pictures.plate);
});
afterEach(() => site.close());

const followUp = (who: LoggedIn, body: unknown, headers: Record<string, string> = {}): Promise<Answered> =>
  ask(site.url, `/api/hits/${hit.id}/follow-ups`, {
    method: 'POST',
    headers: { ...who.headers, ...headers },
    body: JSON.stringify(body),
  });

describe('to whoever is not logged in', () => {
  it('shows the page itself and nothing else', async () => {
    expect((await ask(site.url, '/')).status).toBe(200);
    const asked = [
      '/api/hits',
      `/api/hits/${hit.id}`,
      `/api/hits/${hit.id}/pictures/plate`,
      '/api/nodes',
      '/api/session',
      '/api/events?after=0',
      '/api/nothing',
    ];
    for (const path of asked) {
      const answer = await ask(site.url, path);
      expect([path, answer.status]).toEqual([path, 401]);
      expect(answer.json()).toEqual({ refused: 'not-logged-in' });
    }
  });

  it('gives away nothing by a guessed, empty or doubled cookie', async () => {
    const name = `hazeldonk-${site.port}`;
    const { cookie } = await logIn(site.url, 'k.jansen');
    for (const value of [
      `${name}=`,
      `${name}=${'a'.repeat(43)}`,
      `${cookie}x`,
      `${cookie}; ${name}=other`,
      `other=${cookie}`,
    ])
      expect((await ask(site.url, '/api/hits', { headers: { cookie: value } })).status).toBe(401);
    expect((await ask(site.url, '/api/hits', { headers: { cookie: `a=b; ${cookie}` } })).status).toBe(200);
  });

  it.each([
    '/../users.json',
    '/%2e%2e/users.json',
    '/..%2f..%2fpackage.json',
    '//etc/passwd',
    '/page.js/../../office.ts',
    '/page.js%00.css',
    '/tsconfig.json',
    '/__proto__',
    '/constructor',
    '/.',
  ])('finds no file behind the path %s', async (path) => {
    const answer = await ask(site.url, path);
    expect(answer.status).toBe(401);
    const { headers } = await logIn(site.url, 'k.jansen');
    expect((await ask(site.url, path, { headers })).status).toBe(404);
  });
});

describe('at the log-in', () => {
  it('gives a cookie that no script and no other site can use', async () => {
    const answer = await askToLogIn(site.url, 'k.jansen', 'correct horse battery');
    expect(answer.status).toBe(200);
    const cookie = answer.headers['set-cookie']?.[0] ?? '';
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/']) expect(cookie).toContain(part);
    expect(answer.json()).toMatchObject({ user: 'k.jansen', role: 'officer' });
  });

  it('says the same of a wrong password and of a name that does not exist', async () => {
    const [wrong, unknown] = [
      await askToLogIn(site.url, 'k.jansen', 'wrong'),
      await askToLogIn(site.url, 'nobody', 'wrong'),
    ];
    for (const answer of [wrong, unknown]) {
      expect(answer.status).toBe(401);
      expect(answer.json()).toEqual({ refused: 'log-in-refused' });
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    expect(log.lines.join()).not.toContain('nobody');
  });

  it('makes a guesser wait, even for the right password, and lets others in meanwhile', async () => {
    for (let tries = 0; tries < 8; tries++) expect((await askToLogIn(site.url, 'k.jansen', 'wrong')).status).toBe(401);
    const late = await askToLogIn(site.url, 'k.jansen', 'correct horse battery');
    expect(late.status).toBe(429);
    expect(Number(late.headers['retry-after'])).toBe(900);
    expect((await askToLogIn(site.url, 'm.dubois', 'correct horse battery')).status).toBe(200);
    site.steady.ms += 15 * 60_000;
    expect((await askToLogIn(site.url, 'k.jansen', 'correct horse battery')).status).toBe(200);
  });

  it('counts guesses that come all at once like those that come one by one', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => askToLogIn(site.url, 'k.jansen', 'wrong')));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(8);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(4);
  });

  it.each([
    '',
    '{',
    '[]',
    'null',
    '{"name":"k.jansen"}',
    '{"name":1,"password":2}',
    '{"name":"k.jansen","password":"x","role":"officer"}',
    '\u00ff',
  ])('refuses %j as a log-in', async (body) => {
    const headers = { origin: new URL(site.url).origin, 'content-type': 'application/json' };
    const answer = await ask(site.url, '/api/session', { method: 'POST', headers, body: Buffer.from(body, 'latin1') });
    expect(answer.status).toBe(400);
  });

  it('gives up a huge body at once, whether its length was told or not', async () => {
    const headers = { origin: new URL(site.url).origin, 'content-type': 'application/json' };
    const told = { ...headers, 'content-length': String(10_000_000_000) };
    for (const all of [told, { ...headers, 'transfer-encoding': 'chunked' }]) {
      const answer = await ask(site.url, '/api/session', {
        method: 'POST',
        headers: all,
        body: 'x'.repeat(20_000),
      }).catch(() => null);
      // The connection may be closed before the answer was read.
      expect(answer?.status ?? 413).toBe(413);
    }
    expect((await ask(site.url, '/')).status).toBe(200);
  });

  it('ends the session that this browser had before', async () => {
    const { cookie, headers } = await logIn(site.url, 'k.jansen');
    const body = JSON.stringify({ name: 'm.dubois', password: 'correct horse battery' });
    await ask(site.url, '/api/session', { method: 'POST', headers, body });
    expect((await ask(site.url, '/api/session', { headers: { cookie } })).status).toBe(401);
  });
});

describe('to an officer', () => {
  it('lists hits and shows one with its history', async () => {
    const { headers } = await logIn(site.url, 'k.jansen');
    const page = (await ask(site.url, '/api/hits?state=new&country=B&list=be-fedpol/stolen', { headers })).json();
    expect(page).toMatchObject({ hits: [{ hit, state: 'new', discreet: false, pictures: ['plate'] }], next: null });
    expect((await ask(site.url, '/api/hits?country=F', { headers })).json()).toMatchObject({ hits: [] });
    expect((await ask(site.url, `/api/hits/${hit.id}`, { headers })).json()).toMatchObject({
      hit: { hit },
      history: [],
    });
  });

  it('shows a picture as a picture and as nothing else', async () => {
    const { headers } = await logIn(site.url, 'k.jansen');
    const answer = await ask(site.url, `/api/hits/${hit.id}/pictures/plate`, { headers });
    expect(answer.body).toEqual(Buffer.from(pictures.plate));
    expect(answer.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'no-store',
    });
    for (const kind of ['scene', 'other', 'plate/..', ''])
      expect((await ask(site.url, `/api/hits/${hit.id}/pictures/${kind}`, { headers })).status).toBe(404);
  });

  it('records who did what and when, in the store', async () => {
    const [first, second] = [await logIn(site.url, 'k.jansen'), await logIn(site.url, 'm.dubois')];
    expect((await followUp(first, { step: 'seen' })).status).toBe(200);
    expect((await followUp(first, { step: 'dispatched' })).status).toBe(200);
    const judged = await followUp(second, { step: 'verdict', verdict: 'misread', note: 'a trailer' });
    expect(judged.json()).toMatchObject({ hit: { state: 'closed', verdict: { verdict: 'misread', by: 'm.dubois' } } });
    expect((await site.store.history(hit.id)).map(({ by, step }) => [by, step])).toEqual([
      ['k.jansen', 'seen'],
      ['k.jansen', 'dispatched'],
      ['m.dubois', 'verdict'],
    ]);
  });

  it.each([
    null,
    {},
    { step: 'deleted' },
    { step: 'seen', by: 'somebody else' },
    { step: 'verdict', verdict: 'guilty', note: '' },
    { step: 'verdict', verdict: 'other', note: 'x'.repeat(201) },
    { step: 'verdict', verdict: 'other', note: 'a\u202eb' },
  ])('refuses %j as a follow-up', async (body) => {
    expect((await followUp(await logIn(site.url, 'k.jansen'), body)).status).toBe(400);
    expect(await site.store.history(hit.id)).toEqual([]);
  });

  it.each([
    '?state=gone',
    '?state=new&state=seen',
    '?limit=0',
    '?limit=100000',
    '?list=stolen',
    '?country=nl',
    '?plate=%27%20OR%201=1',
    '?unknown=1',
    '?node=..%2f..',
    '?after=%00'.padEnd(300, 'x'),
  ])('refuses the question %s', async (query) => {
    const { headers } = await logIn(site.url, 'k.jansen');
    expect((await ask(site.url, `/api/hits${query}`, { headers })).status).toBe(400);
  });

  it('says that a hit is unknown', async () => {
    const { headers } = await logIn(site.url, 'k.jansen');
    const other = sampleHit().id;
    for (const path of [
      `/api/hits/${other}`,
      `/api/hits/${other}/pictures/plate`,
      '/api/hits/00000000-0000-0000-0000-000000000000',
      '/api/hits/x',
    ])
      expect((await ask(site.url, path, { headers })).status).toBe(404);
    const answer = await ask(site.url, `/api/hits/${other}/follow-ups`, {
      method: 'POST',
      headers,
      body: '{"step":"seen"}',
    });
    expect(answer.status).toBe(404);
  });

  it('logs what was done without any plate', async () => {
    const officer = await logIn(site.url, 'k.jansen');
    await ask(site.url, `/api/hits/${hit.id}`, officer);
    await followUp(officer, { step: 'verdict', verdict: 'other', note: 'plate 1ABC234 was a trailer' });
    const events = log.lines.map((line) => (JSON.parse(line) as { event: string }).event);
    expect(events).toEqual(['web/logged-in', 'web/hit-opened', 'web/followed-up']);
    expect(log.lines.join()).not.toContain('1ABC234');
  });
});

describe('changes', () => {
  it('are refused without the token of the session, or with that of another', async () => {
    const [mine, other] = [await logIn(site.url, 'k.jansen'), await logIn(site.url, 'm.dubois')];
    for (const token of ['', 'x', other.headers['x-csrf-token'] ?? '']) {
      const answer = await followUp(mine, { step: 'seen' }, { 'x-csrf-token': token });
      expect([answer.status, answer.json()]).toEqual([403, { refused: 'wrong-token' }]);
    }
    expect(await site.store.history(hit.id)).toEqual([]);
  });

  it.each(['https://evil.example', 'null', 'http://127.0.0.1:1', 'http://localhost'])(
    'are refused from %s',
    async (origin) => {
      const answer = await followUp(await logIn(site.url, 'k.jansen'), { step: 'seen' }, { origin });
      expect([answer.status, answer.json()]).toEqual([403, { refused: 'wrong-origin' }]);
    },
  );

  it('are refused as a form that another page could send', async () => {
    const officer = await logIn(site.url, 'k.jansen');
    const answer = await followUp(officer, { step: 'seen' }, { 'content-type': 'text/plain' });
    expect(answer.status).toBe(400);
  });

  it('are refused to a viewer, who may look', async () => {
    const viewer = await logIn(site.url, 'a.peeters');
    expect((await ask(site.url, `/api/hits/${hit.id}`, viewer)).status).toBe(200);
    const answer = await followUp(viewer, { step: 'seen' });
    expect([answer.status, answer.json()]).toEqual([403, { refused: 'not-allowed' }]);
    expect(await site.store.history(hit.id)).toEqual([]);
  });

  it.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'])('are not made by %s', async (method) => {
    const { headers } = await logIn(site.url, 'k.jansen');
    expect((await ask(site.url, `/api/hits/${hit.id}`, { method, headers })).status).toBe(404);
  });
});

describe('a session', () => {
  it('is over after the log-out', async () => {
    const { headers } = await logIn(site.url, 'k.jansen');
    const answer = await ask(site.url, '/api/session', { method: 'DELETE', headers });
    expect(answer.status).toBe(204);
    expect(answer.headers['set-cookie']?.[0]).toContain('Max-Age=0');
    expect((await ask(site.url, '/api/hits', { headers })).status).toBe(401);
  });

  it('is over when its page was left alone, and is not while the officer is there', async () => {
    const { headers } = await logIn(site.url, 'k.jansen');
    site.steady.ms += 29 * 60_000;
    expect((await ask(site.url, '/api/session/active', { method: 'POST', headers })).status).toBe(204);
    site.steady.ms += 29 * 60_000;
    expect((await ask(site.url, '/api/hits', { headers })).status).toBe(200);
    site.steady.ms += 60_000;
    expect((await ask(site.url, '/api/hits', { headers })).status).toBe(401);
  });

  it('is over as soon as its user is removed or given another role', async () => {
    const [jansen, dubois] = [await logIn(site.url, 'k.jansen'), await logIn(site.url, 'm.dubois')];
    const password = site.users.find('m.dubois')?.password;
    site.users.remove('k.jansen');
    if (password) site.users.put('m.dubois', 'viewer', password, 2_000);
    for (const { headers } of [jansen, dubois])
      expect((await ask(site.url, '/api/hits', { headers })).status).toBe(401);
  });
});

describe('the stream of changes', () => {
  const open = async (headers: Record<string, string>, after: string) => {
    const stop = new AbortController();
    const answer = await fetch(`${site.url}api/events?after=${after}`, { headers, signal: stop.signal });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    return {
      answer,
      async until(words: string): Promise<string> {
        for (;;) {
          const at = text.indexOf(words);
          if (at >= 0) return text;
          const part = await reader?.read();
          if (part === undefined || part.done) throw new Error(`the stream ended without ${words}: ${text}`);
          text += part.value;
        }
      },
      close: () => stop.abort(),
    };
  };

  it('tells of a new hit and of what becomes of it, each with the cursor to go on from', async () => {
    const officer = await logIn(site.url, 'k.jansen');
    const stream = await open({ cookie: officer.cookie }, String(await site.store.cursor()));
    expect(stream.answer.headers.get('content-type')).toBe('text/event-stream');
    const later = sampleHit();
    await site.store.addHits([{ hit: later, body: encodeMessage(later) }], 6_000);
    const told = await stream.until(later.id);
    expect(told).toMatch(/id: \d+\nevent: changes\ndata: \{/);
    await followUp(officer, { step: 'seen' });
    expect(await stream.until('"by":"k.jansen"')).toContain(hit.id);
    stream.close();
  });

  it('goes on where a broken connection left it, not where the address says', async () => {
    const { cookie } = await logIn(site.url, 'k.jansen');
    const cursor = await site.store.cursor();
    const later = sampleHit();
    await site.store.addHits([{ hit: later, body: encodeMessage(later) }], 6_000);
    const stream = await open({ cookie, 'last-event-id': String(cursor) }, '0');
    expect(await stream.until(later.id)).not.toContain(hit.id);
    stream.close();
  });

  it.each(['', '-1', 'x', '1e9', '9'.repeat(16)])('does not begin at %j', async (after) => {
    const { headers } = await logIn(site.url, 'k.jansen');
    expect((await ask(site.url, `/api/events?after=${after}`, { headers })).status).toBe(400);
  });

  it('ends with the session', async () => {
    const officer = await logIn(site.url, 'k.jansen');
    const stream = await open({ cookie: officer.cookie }, String(await site.store.cursor()));
    await ask(site.url, '/api/session', { method: 'DELETE', headers: officer.headers });
    const other = sampleHit();
    await site.store.addHits([{ hit: other, body: encodeMessage(other) }], 6_000);
    expect(await stream.until('event: ended')).not.toContain(other.id);
  });
});

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
