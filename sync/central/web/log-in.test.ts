import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hit, openSiteWithHit } from './site-with-hit.fixture.ts';
import { ask, askToLogIn, keptLog, logIn, type WebSite } from './web-site.fixture.ts';

const log = keptLog();
let site: WebSite;

beforeEach(async () => {
  log.lines.length = 0;
  site = await openSiteWithHit(log);
});
afterEach(() => site.close());

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
