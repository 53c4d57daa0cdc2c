import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { officersPassword, openWebSite, type WebSite } from '../sync/central/web/web-site.fixture.ts';
import type { Hit, Withdrawn } from '../sync/uplink/hit.ts';
import { bring, drawSightings, type HitFacts, healthOf, hitOf, presenceOf, type Sighting } from './centre-traffic.ts';
import { browserInstalled, startBrowser } from './start-browser.ts';

const waitMs = 60_000;

describe.skipIf(!browserInstalled())("the officers' page in a browser", { timeout: 150_000 }, () => {
  let browser: Browser;
  let sighting: Sighting;
  let site: WebSite;
  let contexts: BrowserContext[];
  /** What a page complained of, or asked of somebody else. */
  let complaints: string[];

  beforeAll(async () => {
    [browser, [sighting = never()]] = await Promise.all([startBrowser(), drawSightings('day', 1)]);
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    const places = new Map([['a16-hazeldonk', { latitude: 51.49, longitude: 4.75, title: 'A16 Hazeldonk' }]]);
    site = await openWebSite({ places });
    contexts = [];
    complaints = [];
  });
  afterEach(async () => {
    for (const context of contexts) await context.close();
    await site.close();
    expect(complaints).toEqual([]);
  });

  /** Another officer at another machine. */
  async function sitDown(name: string): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(waitMs);
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      // Chromium says so of every 401, and that is how the page learns that nobody is logged in yet.
      if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(site.url)) complaints.push(`asked ${request.url()}`);
    });
    await page.goto(site.url);
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill(officersPassword);
    await page.keyboard.press('Enter');
    await page.getByText('live', { exact: true }).waitFor();
    return page;
  }

  async function arrive(facts: HitFacts = {}): Promise<Hit> {
    const hit = hitOf(sighting, facts);
    await bring(site.store, hit, sighting);
    return hit;
  }

  const cards = (page: Page) => page.locator('.card');
  const card = (page: Page, hit: Hit) => page.locator(`#hit-${hit.id}`);
  const state = (page: Page, hit: Hit, is: string) =>
    card(page, hit)
      .and(page.locator(`[data-state="${is}"]`))
      .waitFor();
  /** Once the picture was fetched and decoded. */
  const shown = (page: Page, image: string) =>
    page.waitForFunction(`(document.querySelector('${image}')?.naturalWidth ?? 0) > 0`);

  it('refuses a wrong password, takes the right one, and shows nothing before it', async () => {
    await arrive();
    const context = await browser.newContext();
    contexts.push(context);
    const page = await context.newPage();
    await page.goto(site.url);
    await page.getByLabel('Name').fill('k.jansen');
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('Name or password is wrong.').waitFor();
    expect(await cards(page).count()).toBe(0);
    await page.getByLabel('Password').fill(officersPassword);
    await page.getByRole('button', { name: 'Log in' }).click();
    await cards(page).waitFor();
  });

  it('puts a new hit at the top without a reload, with both pictures', async () => {
    const first = await arrive({ nowMs: Date.now() - 60_000 });
    const page = await sitDown('k.jansen');
    await card(page, first).waitFor();
    const second = await arrive({ listed: `${sighting.text.slice(0, -1)}?` });
    await card(page, second).waitFor();
    expect(await cards(page).first().getAttribute('id')).toBe(`hit-${second.id}`);
    for (const kind of ['plate', 'scene']) await shown(page, `#hit-${second.id} .picture-${kind} img`);
    expect(await page.title()).toBe('(2) Hazeldonk');
  });

  it('shows what was read beside what is listed, and marks the difference', async () => {
    const other = sighting.text[0] === 'A' ? 'B' : 'A';
    const hit = await arrive({ listed: other + sighting.text.slice(1), grade: 'verify' });
    const page = await sitDown('k.jansen');
    const comparison = card(page, hit).locator('.comparison');
    expect(await comparison.getAttribute('aria-label')).toContain(
      `read ${sighting.text}, 1 of ${sighting.text.length} differ`,
    );
    expect(await comparison.locator('.comparison-read [data-likeness="different"]').allTextContents()).toEqual([
      sighting.text[0],
    ]);
    await card(page, hit).getByText('look at the picture first').waitFor();
    await card(page, hit)
      .getByText(/answer within 14 min/)
      .waitFor();
  });

  it('takes seen, dispatch and a verdict with a note from the keyboard, and shows them to a second officer', async () => {
    const hit = await arrive();
    const [jansen, dubois] = [await sitDown('k.jansen'), await sitDown('m.dubois')];
    await card(dubois, hit).waitFor();
    await jansen.locator('.detail [data-answer="seen"]').waitFor();
    await jansen.keyboard.press('s');
    await state(dubois, hit, 'seen');
    await jansen.keyboard.press('d');
    await state(dubois, hit, 'dispatched');
    await jansen.keyboard.press('n');
    await jansen.keyboard.type('d was a trailer');
    await jansen.keyboard.press('Escape');
    await jansen.keyboard.press('2');
    await dubois.locator('.record').getByText('k.jansen verdict misread: “d was a trailer”').waitFor();
    await state(dubois, hit, 'closed');
    expect((await site.store.history(hit.id)).map(({ by, step }) => `${by} ${step}`)).toEqual([
      'k.jansen seen',
      'k.jansen dispatched',
      'k.jansen verdict',
    ]);
  });

  it('keeps a note that is being written while the hit changes', async () => {
    const hit = await arrive();
    const [jansen, dubois] = [await sitDown('k.jansen'), await sitDown('m.dubois')];
    const note = jansen.getByPlaceholder('note with the verdict (N)');
    await note.fill('half a sent');
    await dubois.keyboard.press('s');
    await state(jansen, hit, 'seen');
    await jansen.locator('.record').getByText('m.dubois seen').waitFor();
    await jansen.keyboard.type('ence');
    expect(await note.inputValue()).toBe('half a sentence');
    await jansen.keyboard.press('Home');
    for (let at = 0; at < 'half'.length; at++) await jansen.keyboard.press('ArrowRight');
    await dubois.keyboard.press('d');
    await jansen.locator('.record').getByText('m.dubois dispatched').waitFor();
    await jansen.keyboard.type(' of');
    expect(await note.inputValue()).toBe('half of a sentence');
  });

  it('filters by list, country and state', async () => {
    const stolen = await arrive();
    const wanted = await arrive({ list: { authority: 'NL-POLICE', id: 'wanted' } });
    const page = await sitDown('k.jansen');
    await card(page, wanted).waitFor();
    await page.locator('#filter-list').selectOption('NL-POLICE/wanted');
    await card(page, stolen).waitFor({ state: 'detached' });
    await page.locator('#filter-state').selectOption('closed');
    await page.getByText('No hits.').waitFor();
    await arrive();
    await site.store.followUp(
      wanted.id,
      { step: 'verdict', verdict: 'confirmed', note: '' },
      { by: 'm.dubois', atMs: 1 },
    );
    await card(page, wanted).waitFor();
    expect(await cards(page).count()).toBe(1);
    await page.locator('#filter-list').selectOption('');
    await page.locator('#filter-state').selectOption('all');
    await page.locator('#filter-country').selectOption(sighting.country);
    await card(page, stolen).waitFor();
    expect(await cards(page).count()).toBe(3);
  });

  it('keeps a hit that came while the filters were asked anew', async () => {
    const first = await arrive({ nowMs: Date.now() - 60_000 });
    const page = await sitDown('k.jansen');
    await card(page, first).waitFor();
    await page.evaluate(`document.getElementById('hit-${first.id}').dataset.before = 'yes'`);
    const answers = await holdAnswers(page);
    await page.locator('#filter-state').selectOption('all');
    const release = await answers.next();
    const second = await arrive();
    await card(page, second).waitFor();
    await release();
    await page.locator(`#hit-${first.id}:not([data-before])`).waitFor();
    expect(await page.evaluate(`[...document.querySelectorAll('.card')].map(({ id }) => id)`)).toEqual([
      `hit-${second.id}`,
      `hit-${first.id}`,
    ]);
  });

  it('shows what the filters say last, though an older answer comes later', async () => {
    const hit = await arrive();
    const page = await sitDown('k.jansen');
    await card(page, hit).waitFor();
    const answers = await holdAnswers(page);
    await page.locator('#filter-state').selectOption('closed');
    const closed = await answers.next();
    await page.locator('#filter-state').selectOption('all');
    const all = await answers.next();
    await all();
    await card(page, hit).waitFor();
    await closed();
    expect(await cards(page).count()).toBe(1);
  });

  it('marks a discreet hit, and neither sounds nor tells of it in the title or to a screen reader', async () => {
    const page = await sitDown('k.jansen');
    await page.evaluate(() => {
      const scope = globalThis as unknown as { tones: number; OscillatorNode: new (...all: unknown[]) => object };
      scope.tones = 0;
      const Tone = scope.OscillatorNode;
      scope.OscillatorNode = class extends Tone {
        constructor(...all: unknown[]) {
          super(...all);
          scope.tones += 1;
        }
      };
    });
    const tones = () => page.evaluate(() => (globalThis as unknown as { tones: number }).tones);
    await page.getByRole('button', { name: 'Sound off' }).click();
    const discreet = await arrive({ entry: { action: 'discreet-check', priority: 1 } });
    await card(page, discreet).locator('.discreet').waitFor();
    expect(await page.title()).toBe('Hazeldonk');
    expect(await page.locator('[aria-live="polite"]').textContent()).toBe('');
    expect(await tones()).toBe(0);
    const open = await arrive();
    await card(page, open).waitFor();
    expect(await page.title()).toBe('(1) Hazeldonk');
    expect(await tones()).toBe(2);
  });

  it('shows texts of nodes, lists and officers as texts, whatever they hold', async () => {
    const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>&quot;';
    const hit = hitOf(sighting, {
      site: evil,
      entry: { reference: evil, recipients: [evil] },
      list: { purpose: evil, legalBasis: evil },
    });
    await bring(site.store, hit, sighting);
    await site.store.followUp(hit.id, { step: 'verdict', verdict: 'other', note: evil }, { by: evil, atMs: 1 });
    const withdrawn: Withdrawn = {
      specversion: '1.0',
      id: hitOf(sighting).id,
      source: '/nodes/a16-hazeldonk',
      type: 'eu.hazeldonk.anpr.hit.withdrawn.v1',
      time: hit.time,
      datacontenttype: 'application/json',
      data: { node: hit.data.node, hit: hit.id, reason: evil },
    };
    await site.store.withdraw(withdrawn, 2);
    await site.store.notePresence(presenceOf('a16-hazeldonk', evil), Date.now());
    const health = {
      software: evil,
      inhibited: evil,
      models: { reader: evil },
      lists: [{ list: evil, version: 1, state: evil }],
      cameras: [{ name: 'north-1', state: evil }],
    };
    await site.store.noteHealth(healthOf('a16-hazeldonk', health), Date.now());
    const page = await sitDown('k.jansen');
    await page.locator('#filter-state').selectOption('all');
    await card(page, hit).getByText(evil).first().waitFor();
    for (const part of ['.facts', '.record', '.warning']) await page.locator(part).getByText(evil).first().waitFor();
    await page.keyboard.press('g');
    await page.locator('.nodes').getByText(evil).first().waitFor();
    expect(await page.locator('img[src="x"], script:not([src])').count()).toBe(0);
    expect(await page.title()).toMatch(/Hazeldonk$/);
  });

  it('says of each node how it is, on a map and in a table', async () => {
    await site.store.notePresence(presenceOf('a16-hazeldonk', 'A16'), Date.now());
    await site.store.noteHealth(healthOf('a16-hazeldonk'), Date.now());
    await site.store.notePresence(presenceOf('e19-meer', 'E19 Meer'), Date.now());
    await site.store.noteHealth(
      healthOf('e19-meer', {
        lists: [{ list: 'be-fedpol/stolen', version: 39, state: 'valid' }],
        certificateDays: 12,
        outbox: { hits: 4, pictures: 0, inMemory: 2, dropped: 3, oldestSeconds: 90 },
      }),
      Date.now() - 10 * 60_000,
    );
    const page = await sitDown('a.peeters');
    await page.getByText('1 of 2 nodes read').waitFor();
    await page.getByRole('button', { name: 'Nodes' }).click();
    await page.locator('#node-e19-meer').getByText('be-fedpol/stolen 39, 2 behind').waitFor();
    const late = page.locator('#node-e19-meer');
    expect(await late.getAttribute('data-state')).toBe('late');
    for (const words of ['certificate ends in 12 days', 'disk full: 2 hits in memory only', '3 given up'])
      expect(await late.locator('[data-bad="true"]').allTextContents()).toContain(words);
    expect(await page.locator('.nodes').textContent()).not.toContain('certificate has');
    expect(await page.locator('.map-node').getAttribute('data-state')).toBe('online');
    await site.store.notePresence(presenceOf('a16-hazeldonk', 'A16', 'lost'), Date.now());
    await page.locator('.map-node[data-state="lost"]').waitFor();
    await page.getByText('0 of 2 nodes read').waitFor();
  });

  it('shows nothing beyond its edges, on a desk and on a telephone', async () => {
    await arrive({ listed: 'WWWW99999', read: 'VWWW9999', grade: 'verify', entry: { action: 'discreet-check' } });
    const page = await sitDown('k.jansen');
    await cards(page).waitFor();
    await page.locator('.detail .comparison').waitFor();
    for (const width of [1920, 1440, 1200, 1000, 420]) {
      await page.setViewportSize({ width, height: 900 });
      expect({ width, ...(await page.evaluate<object>(edges)) }).toEqual({ width, beyond: 0, pageWidth: width });
    }
  });

  it('lets a viewer look and not answer', async () => {
    await arrive();
    const page = await sitDown('a.peeters');
    await page.getByText('You are logged in as a viewer').waitFor();
    expect(await page.locator('[data-answer]').count()).toBe(0);
  });

  it('goes back to the log-in by itself when the session is over, and shows no hit any more', async () => {
    await arrive();
    const page = await sitDown('k.jansen');
    await cards(page).waitFor();
    site.users.remove('k.jansen');
    await arrive();
    await page.getByText('You were logged out.').waitFor();
    expect(await cards(page).count()).toBe(0);
    expect(await page.locator('body').textContent()).not.toContain(sighting.text);
  });
});

/** Evaluated in the browser: how many parts of cards and detail reach beyond them, and how wide the page is. */
const edges = `({
  beyond: [...document.querySelectorAll('.card *, .detail *')].filter(
    (one) => one.getBoundingClientRect().right > one.closest('.card, .detail').getBoundingClientRect().right,
  ).length,
  pageWidth: document.documentElement.scrollWidth,
})`;

/** Keeps the centre's answers about hits from a page, as a slow network does, each until it is released. */
async function holdAnswers(page: Page) {
  const held: (() => Promise<void>)[] = [];
  let came: () => void = () => undefined;
  await page.route(/\/api\/hits\?/, async (route) => {
    const response = await route.fetch();
    const shown = page.waitForEvent('requestfinished', (request) => request === route.request());
    held.push(async () => {
      await route.fulfill({ response });
      await shown;
      // What the page does with an answer is done before what it is asked next.
      await page.evaluate('new Promise((resolve) => setTimeout(resolve))');
    });
    came();
  });
  return {
    /** The next answer that is on its way; calling it lets it through. */
    async next(): Promise<() => Promise<void>> {
      for (;;) {
        const release = held.shift();
        if (release) return release;
        await new Promise<void>((resolve) => {
          came = resolve;
        });
      }
    },
  };
}

function never(): never {
  throw new Error('nothing was drawn');
}
