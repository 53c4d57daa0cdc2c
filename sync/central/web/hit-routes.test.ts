import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleHit } from '../../uplink/sample-hit.test-data.ts';
import { hit, openSiteWithHit, pictures } from './site-with-hit.fixture.ts';
import { type Answered, ask, keptLog, type LoggedIn, logIn, type WebSite } from './web-site.fixture.ts';

const log = keptLog();
let site: WebSite;

beforeEach(async () => {
  log.lines.length = 0;
  site = await openSiteWithHit(log);
});
afterEach(() => site.close());

const followUp = (who: LoggedIn, body: unknown, headers: Record<string, string> = {}): Promise<Answered> =>
  ask(site.url, `/api/hits/${hit.id}/follow-ups`, {
    method: 'POST',
    headers: { ...who.headers, ...headers },
    body: JSON.stringify(body),
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
    const said = log.lines.map((line) => JSON.parse(line) as { event: string });
    expect(said.map(({ event }) => event)).toEqual(['web/logged-in', 'web/hit-opened', 'web/followed-up']);
    const answer = { user: 'k.jansen', hit: hit.id, step: 'verdict', verdict: 'other', outcome: 'done' };
    expect(said[2]).toMatchObject(answer);
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
