import {
  closeSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jsonLog } from '../../config/foundation/log.ts';
import { openDatabase } from '../database/database.ts';
import { encodeMessage } from './cloud-event.ts';
import type { Hit } from './hit.ts';
import { Outbox } from './outbox.ts';
import { salvageOutbox } from './outbox-salvage.ts';
import { sampleHit, samplePicture } from './sample-hit.test-data.ts';

const pageBytes = 4096;
const pictures = { plate: samplePicture(1_500), scene: samplePicture(9_000) };
const any = (): boolean => true;

let folder: string;
let path: string;
let lines: string[];
let outbox: Outbox | null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-salvage-'));
  path = join(folder, 'outbox.sqlite');
  lines = [];
  outbox = null;
});
afterEach(() => {
  outbox?.close();
  rmSync(folder, { recursive: true });
});

function open(): Outbox {
  outbox?.close();
  outbox = Outbox.open(path, { diskBudgetBytes: 1e9, reserveBytes: 4096, log: jsonLog((line) => lines.push(line)) });
  return outbox;
}

function fillAndClose(count: number): readonly Hit[] {
  const hits = Array.from({ length: count }, (_, index) =>
    sampleHit({ timeMs: index, priority: 1 + (index % 9), evidence: pictures }),
  );
  const made = open();
  for (const hit of hits) made.append(hit, pictures);
  made.close();
  outbox = null;
  return hits;
}

function overwrite(at: number, bytes: Uint8Array): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.byteLength, at);
  closeSync(file);
}

/** Pages of a table or an index, from SQLite's own account of them. */
function pagesOf(name: string): readonly number[] {
  const database = openDatabase(path, { readonly: true });
  const pages = database.prepare("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf'").pluck().all(name);
  database.close();
  return pages as number[];
}

function destroyPage(page: number | undefined): void {
  overwrite(((page ?? 0) - 1) * pageBytes, Buffer.alloc(pageBytes, 0xa5));
}

function drain(from: Outbox): Map<string, string> {
  const bodies = new Map<string, string>();
  for (let hit = from.firstHit(any); hit; hit = from.firstHit(any)) {
    bodies.set(hit.id, String(Buffer.from(hit.body)));
    expect(from.receive({ hit: hit.id, part: 'hit', outcome: 'stored' })).toBe(true);
  }
  return bodies;
}

const asSent = (hit: Hit): string => String(Buffer.from(encodeMessage(hit)));
const asideFiles = (): string[] => readdirSync(folder).filter((name) => /\.damaged-\w+$/.test(name));

describe('a damaged outbox', () => {
  it('is set aside, and gives every hit outside the damage', () => {
    const hits = fillAndClose(60);
    const pages = pagesOf('hits');
    destroyPage(pages[Math.floor(pages.length / 2)]);
    const damaged = readFileSync(path);

    const salvaged = open();
    const counts = salvaged.counts();
    expect(counts.hitsSalvaged).toBeGreaterThan(40);
    expect(counts.hitsSalvaged + counts.hitsUnreadable).toBe(60);
    expect(counts.hitsUnreadable).toBeGreaterThan(0);
    expect(counts).toMatchObject({ hitsAppended: 60, hitsWaiting: counts.hitsSalvaged, picturesWaiting: 120 });
    const bodies = drain(salvaged);
    for (const hit of hits) if (bodies.has(hit.id)) expect(bodies.get(hit.id)).toBe(asSent(hit));
    expect(bodies.size).toBe(counts.hitsSalvaged);
    expect(readFileSync(join(folder, asideFiles()[0] ?? '')).equals(damaged)).toBe(true);
    const told = lines.map((line) => JSON.parse(line)).find((line) => line.event === 'outbox/salvaged');
    expect(told).toMatchObject({
      level: 'error',
      hits: counts.hitsSalvaged,
      unreadable: counts.hitsUnreadable,
      pictures: 120,
    });
    expect(lines.join('')).not.toMatch(/1ABC234/);
  });

  it.each(['hits_in_order', 'sqlite_autoindex_hits_1', 'hits_by_age', 'evidence_in_order', 'counters'])(
    'loses no hit when only %s is damaged',
    (name) => {
      const hits = fillAndClose(60);
      destroyPage(pagesOf(name)[0]);
      const salvaged = open();
      expect(salvaged.counts()).toMatchObject({ hitsSalvaged: 60, hitsUnreadable: 0, picturesWaiting: 120 });
      expect([...drain(salvaged).keys()].sort()).toEqual(hits.map((hit) => hit.id).sort());
    },
  );

  it('that is no database at all is set aside, and the node goes on with an empty one', () => {
    writeFileSync(path, 'not a database, but long enough to be looked at by SQLite as if it were one. '.repeat(100));
    expect(open().counts()).toMatchObject({ hitsWaiting: 0 });
    expect(asideFiles()).toHaveLength(1);
  });

  it('gives pictures of received hits their turn again', () => {
    const hits = fillAndClose(20);
    const first = open();
    for (const hit of hits.slice(0, 5)) first.receive({ hit: hit.id, part: 'hit', outcome: 'stored' });
    first.close();
    outbox = null;
    destroyPage(pagesOf('hits_in_order')[0]);
    const salvaged = open();
    const ready = new Set<string>();
    for (let one = salvaged.firstPicture(any); one; one = salvaged.firstPicture(any)) {
      ready.add(one.hitId);
      salvaged.receive({ hit: one.hitId, part: one.kind, outcome: 'stored' });
    }
    expect([...ready].sort()).toEqual(
      hits
        .slice(0, 5)
        .map((hit) => hit.id)
        .sort(),
    );
    expect(salvaged.counts()).toMatchObject({ hitsWaiting: 15, picturesReceived: 10, picturesWaiting: 30 });
  });

  it('is carried over whole when the salvage itself was interrupted, at each of its steps', () => {
    const hits = fillAndClose(20);
    destroyPage(pagesOf('hits_in_order')[0]);
    const before = join(folder, 'before');
    cpSync(path, before);

    // Before the new file was complete.
    writeFileSync(`${path}.salvaging`, 'half a file');
    expect(open().counts().hitsSalvaged).toBe(20);

    // After it was complete, before the damaged one was moved away; then in between the two renames.
    for (const moved of [false, true]) {
      outbox?.close();
      outbox = null;
      rmSync(path);
      cpSync(before, path);
      salvageOutbox(path);
      cpSync(path, `${path}.salvaged`);
      if (moved) rmSync(path);
      else cpSync(before, path);
      const salvaged = open();
      expect(existsSync(`${path}.salvaged`)).toBe(false);
      expect([...drain(salvaged).keys()].sort()).toEqual(hits.map((hit) => hit.id).sort());
    }
  });

  it('opens whatever byte is changed, and gives no hit that was not in it', { timeout: 120_000 }, () => {
    const hits = fillAndClose(12);
    const sound = readFileSync(path);
    const known = new Map(hits.map((hit) => [hit.id, asSent(hit)]));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(sound.byteLength - 1), fc.nat(255)), { minLength: 1, maxLength: 40 }),
        (changes) => {
          const bytes = Buffer.from(sound);
          for (const [at, value] of changes) bytes[at] = value;
          for (const name of readdirSync(folder)) rmSync(join(folder, name));
          writeFileSync(path, bytes);
          const opened = open();
          const given = drain(opened);
          expect(given.size).toBeLessThanOrEqual(known.size);
          opened.close();
          outbox = null;
        },
      ),
      { numRuns: 40 },
    );
  });
});
