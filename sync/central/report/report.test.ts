import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../database/database.ts';
import { encodeMessage } from '../../uplink/cloud-event.ts';
import type { Health } from '../../uplink/health.ts';
import type { Hit } from '../../uplink/hit.ts';
import { sampleHit } from '../../uplink/sample-hit.test-data.ts';
import type { VerdictWord } from '../../uplink/verdict.ts';
import { writeReport } from '../commands/report.ts';
import { SqliteHitStore } from '../sqlite-hit-store.ts';
import { csvFiles } from './csv-report.ts';
import { medianStep, periodBetween, reportFigures } from './figures.ts';
import { htmlReport } from './html-report.ts';

const from = Date.UTC(2026, 0, 1);
const to = Date.UTC(2027, 0, 1);
const year = periodBetween(from, to);
const march = Date.UTC(2026, 2, 3, 12);
const minuteMs = 60_000;

let store: SqliteHitStore;
beforeEach(() => {
  store = new SqliteHitStore(openDatabase(':memory:'));
});
afterEach(() => store.close());

function hitOf(camera: string, list: string): Hit {
  const hit = sampleHit();
  const { observation, list: onList } = hit.data;
  return { ...hit, data: { ...hit.data, observation: { ...observation, camera }, list: { ...onList, id: list } } };
}

async function judged(hit: Hit, verdict: VerdictWord, afterMs: number, atMs = march): Promise<void> {
  await store.addHits([{ hit, body: encodeMessage(hit) }], atMs);
  await store.followUp(hit.id, { step: 'verdict', verdict, note: '' }, { by: 'x', atMs: atMs + afterMs });
}

const health = (time: string, passages: number): Health => ({
  node: 'gantry-7',
  time,
  upSeconds: passages,
  software: '0.2.0',
  inhibited: null,
  models: {},
  cameras: [],
  lists: [],
  funnel: { passages, frames: passages * 20 },
  abstained: {},
  outbox: { hits: 0, pictures: 0, dropped: 0, oldestSeconds: null },
  clock: { synchronised: true, errorMs: null },
  temperatureC: null,
  diskFreeMb: null,
});

async function aYear(): Promise<void> {
  await store.noteHealth(health('2026-03-03T12:00:00.000Z', 40_000), march);
  await store.noteHealth(health('2026-12-31T12:00:00.000Z', 100_000), Date.UTC(2026, 11, 31, 12));
  for (let at = 0; at < 6; at += 1) await judged(hitOf('north-1', 'stolen'), 'confirmed', 20_000);
  for (let at = 0; at < 4; at += 1) await judged(hitOf('south-2', 'stolen'), 'misread', 5 * minuteMs);
  await judged(hitOf('south-2', 'wanted'), 'stale-entry', 90_000);
  const open = hitOf('south-2', 'wanted');
  await store.addHits([{ hit: open, body: encodeMessage(open) }], Date.UTC(2026, 11, 31, 23, 59));
  const nextYear = hitOf('north-1', 'stolen');
  await store.addHits([{ hit: nextYear, body: encodeMessage(nextYear) }], to);
}

describe("a year's evaluation", () => {
  it('counts passages, hits and what became of them, of that year alone', async () => {
    await aYear();
    const figures = await reportFigures(store, year);
    expect(figures).toMatchObject({ from: '2026-01-01', to: '2026-12-31', passages: 100_000, hits: 12 });
    expect(figures.months).toHaveLength(12);
    expect(figures.months[2]).toEqual({ month: '2026-03', passages: 40_000, hits: 11 });
    expect(figures.months[11]).toEqual({ month: '2026-12', passages: 60_000, hits: 1 });
    expect(figures.byList.map(({ key, hits, falsePart }) => [key.join('/'), hits, falsePart])).toEqual([
      ['be-fedpol/stolen', 10, 0.4],
      ['be-fedpol/wanted', 2, 1],
    ]);
    expect(figures.byCamera.find(({ key }) => key[1] === 'south-2')?.byOutcome).toMatchObject({ misread: 4, open: 1 });
    expect(figures.traffic).toEqual([{ node: 'gantry-7', frames: 2_000_000, passages: 100_000, hits: 12 }]);
  });

  it('says how soon hits were answered, and how many never', async () => {
    await aYear();
    const verdicts = (await reportFigures(store, year)).responses.find(({ kind }) => kind === 'verdict');
    expect(verdicts?.within.slice(0, 6)).toEqual([0, 6, 0, 1, 0, 4]);
    expect(verdicts).toMatchObject({ later: 0, never: 1 });
    expect(verdicts && medianStep(verdicts)).toBe(1);
    expect(medianStep({ kind: 'seen', within: [0], later: 0, never: 9 })).toBeNull();
  });

  it('is the same after its hits were erased', async () => {
    await aYear();
    const before = await reportFigures(store, year);
    expect(await store.erase(to)).toBe(12);
    expect(await reportFigures(store, year)).toEqual(before);
  });

  it('is written as a page without outside resources and as tables', async () => {
    await aYear();
    const out = mkdtempSync(join(tmpdir(), 'hazeldonk-report-'));
    const { names } = await writeReport(store, { from, to, out, nowMs: to });
    expect(names).toHaveLength(9);
    const page = readFileSync(join(out, 'report.html'), 'utf8');
    expect(page).not.toMatch(/<script|<link|<img|https?:|@import|url\(/);
    const words = ['Evaluation 2026-01-01 to 2026-12-31', '100\u202f000', '45.5 %', 'Cameras that cost false alarms'];
    for (const text of words) expect(page).toContain(text);
    expect(readFileSync(join(out, 'hits-by-list.csv'), 'utf8')).toBe(
      'authority,list,hits,confirmed,misread,stale-entry,other,withdrawn,open,false_part\r\n' +
        'be-fedpol,stolen,10,6,4,0,0,0,0,0.4000\r\nbe-fedpol,wanted,2,0,0,1,0,0,1,1.0000\r\n',
    );
    rmSync(out, { recursive: true });
  });

  it('says something sensible of a year in which nothing happened', async () => {
    const figures = await reportFigures(store, year);
    expect(figures).toMatchObject({ passages: 0, hits: 0, byList: [] });
    const page = htmlReport(figures, 'now');
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
    await expect(writeReport(store, { from, to: from, out: '/nowhere', nowMs: 0 })).rejects.toMatchObject({
      code: 'report/bad-period',
    });
  });

  it('lets no name run as markup in the page or as a formula in a table', async () => {
    const figures = await reportFigures(store, year);
    const key = ['=HYPERLINK("x")', '<script>alert(1)</script>&"'];
    const row = { ...figures.total, key, hits: 9 };
    const hostile = { ...figures, byList: [row] };
    const page = htmlReport(hostile, '<b>');
    expect(page).not.toMatch(/<script|<b>&/);
    expect(page).toContain('&lt;script&gt;');
    expect(csvFiles(hostile).get('hits-by-list.csv')).toContain(
      `"'=HYPERLINK(""x"")","<script>alert(1)</script>&""",9,`,
    );
  });
});
