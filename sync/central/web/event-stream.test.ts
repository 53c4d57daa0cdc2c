import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeMessage } from '../../uplink/cloud-event.ts';
import { sampleHit } from '../../uplink/sample-hit.test-data.ts';
import { ask, logIn, openWebSite, type WebSite } from './web-site.fixture.ts';

const hit = sampleHit();
let site: WebSite;

beforeEach(async () => {
  site = await openWebSite();
  await site.store.addHits([{ hit, body: encodeMessage(hit) }], 5_000);
});
afterEach(() => site.close());

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
    await site.store.followUp(hit.id, { step: 'seen' }, { by: 'k.jansen', atMs: 7_000 });
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
