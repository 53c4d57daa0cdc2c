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
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { jsonLog } from '../../config/foundation/log.ts';
import { openDatabase } from '../database/database.ts';
import { canMount, mountSmallDisk } from '../database/small-disk.fixture.ts';
import { takesNothing } from '../database/takes-nothing.ts';
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

function unlessFull<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (!takesNothing(error)) throw error;
    return null;
  }
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
    expect(told).toMatchObject({ level: 'error', openHits: counts.hitsSalvaged });
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

  it('knows afterwards which hits were taken back, and by which messages', () => {
    const hits = fillAndClose(20);
    const first = open();
    const [waiting, received, plain] = hits.map((hit) => hit.id);
    const withdraw = (hitId: string | undefined, timeMs: number): string => {
      const id = sampleHit().id;
      expect(first.withdraw(hitId ?? '', { id, timeMs, body: Buffer.from(JSON.stringify({ id })) })).toBe('withdrawn');
      return id;
    };
    const messages = [withdraw(waiting, 1), withdraw(received, 2)];
    // The hit has left, and what takes it back is still to follow.
    first.receive({ hit: received ?? '', part: 'hit', outcome: 'stored' });
    first.close();
    outbox = null;
    destroyPage(pagesOf('hits_by_age')[0]);

    const salvaged = open();
    expect(salvaged.counts()).toMatchObject({ hitsSalvaged: 21, hitsWaiting: 21, withdrawalsMade: 2 });
    const again = { id: sampleHit().id, timeMs: 3, body: Buffer.from('{}') };
    expect(salvaged.withdraw(waiting ?? '', again)).toBe('not-waiting');
    const open_ = salvaged.waiting('', 100).map(({ id }) => id);
    expect(open_).toContain(plain);
    for (const id of [waiting, ...messages]) expect(open_).not.toContain(id);
    drain(salvaged);
    expect(salvaged.counts()).toMatchObject({ hitsWaiting: 0, hitsReceived: 20, withdrawalsReceived: 2 });
  });

  it('takes a hit back anew when the message that did is lost', () => {
    const hits = fillAndClose(3);
    const first = open();
    const hitId = hits[0]?.id ?? '';
    const lost = sampleHit().id;
    first.withdraw(hitId, { id: lost, timeMs: 1, body: Buffer.from(JSON.stringify({ id: lost })) });
    first.close();
    outbox = null;
    // Its body is not its own any more, so it is not carried over.
    const bytes = readFileSync(path);
    for (let at = bytes.indexOf(`{"id":"${lost}`); at >= 0; at = bytes.indexOf(`{"id":"${lost}`, at + 1))
      overwrite(at + 7, Buffer.from('00000000'));
    destroyPage(pagesOf('hits_by_age')[0]);
    const salvaged = open();
    expect(salvaged.counts()).toMatchObject({ hitsSalvaged: 3, hitsUnreadable: 1 });
    const again = sampleHit().id;
    expect(salvaged.withdraw(hitId, { id: again, timeMs: 3, body: Buffer.from('{}') })).toBe('withdrawn');
  });

  it.each([
    ['a column of a table has another name', 'TABLE hits', 'urgency INTEGER', 'urgencz INTEGER'],
    ['a column of an index does', 'INDEX hits_in_order', '(urgency, time_ms, id)', '(urgencz, time_ms, id)'],
    ['an index has another name', 'INDEX hits_by_age', 'INDEX hits_by_age', 'INDEX hits_by_agd'],
    ['a table is of no known type', 'TABLE evidence', 'jpeg    BLOB', 'jpeg    BLOT'],
    ['a check asks for a column that is not there', 'TABLE hits', 'CHECK (discreet', 'CHECK (d0screet'],
    ['a check lets less in', 'TABLE hits', 'IN (0, 1)', 'IN (0, 3)'],
    ['a statement makes no sense', 'TABLE counters', 'TABLE counters (', 'TABLE counters ]'],
  ])('is found when %s, and loses no hit by it', (_, made, was, is) => {
    const hits = fillAndClose(20);
    const bytes = readFileSync(path).subarray(0, pageBytes);
    const at = bytes.indexOf(was, bytes.indexOf(`CREATE ${made}`));
    expect(at).toBeGreaterThan(0);
    overwrite(at, Buffer.from(is));
    const opened = open();
    const added = sampleHit({ action: 'discreet-check' });
    expect(opened.append(added).onDisk).toBe(true);
    expect(opened.counts()).toMatchObject({ hitsSalvaged: 20, hitsUnreadable: 0, picturesWaiting: 40 });
    expect([...drain(opened).keys()].sort()).toEqual([...hits, added].map((hit) => hit.id).sort());
  });

  it.each([
    ['all of it', 0, pageBytes],
    ['the head that says that it is a database', 0, 16],
    ['the sizes in its head', 16, 84],
    ['the byte that says which SQLite may write it', 18, 1],
  ])('loses no hit with its first page (%s)', (_, from, bytes) => {
    const hits = fillAndClose(60);
    const first = open();
    first.receive({ hit: hits[0]?.id ?? '', part: 'hit', outcome: 'stored' });
    first.close();
    outbox = null;
    overwrite(from, Buffer.alloc(bytes, 0xa5));
    const opened = open();
    expect(opened.counts()).toMatchObject({
      hitsSalvaged: 59,
      hitsUnreadable: 0,
      hitsReceived: 1,
      picturesWaiting: 120,
    });
    expect([...drain(opened).keys()].sort()).toEqual(
      hits
        .slice(1)
        .map((hit) => hit.id)
        .sort(),
    );
    expect(asideFiles()).toHaveLength(1);
    expect(readdirSync(folder).filter((name) => name.includes('copied'))).toEqual([]);
  });

  it('loses no hit that was only in the log of writes when its first page is lost', () => {
    fillAndClose(20);
    const running = open();
    const late = sampleHit({ priority: 1 });
    running.append(late);
    const files = ['', '-wal'].map((suffix) => [path + suffix, readFileSync(path + suffix)] as const);
    running.close();
    outbox = null;
    for (const [name, bytes] of files) writeFileSync(name, bytes);
    overwrite(0, Buffer.alloc(pageBytes, 0xa5));
    const opened = open();
    expect(opened.counts()).toMatchObject({ hitsSalvaged: 21, hitsUnreadable: 0 });
    expect(opened.firstHit((id) => id === late.id)).not.toBeNull();
  });

  it('is not found damaged by what a better comment or other spaces would change', () => {
    const hits = fillAndClose(3);
    const bytes = readFileSync(path).subarray(0, pageBytes);
    overwrite(bytes.indexOf('the same at every resend'), Buffer.from('one and the same each time'.slice(0, 24)));
    expect([...drain(open()).keys()].sort()).toEqual(hits.map((hit) => hit.id).sort());
    expect(asideFiles()).toEqual([]);
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

  it.skipIf(!canMount())('leaves no hit behind on a disk that fills up meanwhile, however little room it has', () => {
    fillAndClose(60);
    destroyPage(pagesOf('hits_in_order')[0]);
    const damaged = readFileSync(path);
    const disk = mountSmallDisk(8);
    onTestFinished(() => disk.close());
    const there = join(disk.folder, 'outbox.sqlite');
    const room = join(disk.folder, 'room');
    const done = { carried: 0, refused: 0 };
    for (let kilobytes = 64; kilobytes <= 2_560; kilobytes += 64) {
      for (const name of readdirSync(disk.folder)) rmSync(join(disk.folder, name));
      writeFileSync(there, damaged);
      writeFileSync(room, Buffer.alloc(kilobytes * 1024));
      disk.fill();
      rmSync(room);
      const salvaged = unlessFull(() => salvageOutbox(there));
      if (salvaged === null) {
        done.refused += 1;
        expect(readFileSync(there).equals(damaged)).toBe(true);
        continue;
      }
      done.carried += 1;
      disk.clear();
      const carried = openDatabase(there, { readonly: true });
      expect({ kilobytes, hits: carried.prepare('SELECT COUNT(*) FROM hits').pluck().get() }).toEqual({
        kilobytes,
        hits: 60,
      });
      carried.close();
    }
    expect(done.carried).toBeGreaterThan(0);
    expect(done.refused).toBeGreaterThan(0);
  });

  it('has its tables where every outbox has them, for the next time its first page is lost', () => {
    const hits = fillAndClose(20);
    destroyPage(pagesOf('hits_in_order')[0]);
    open().close();
    outbox = null;
    overwrite(0, Buffer.alloc(pageBytes, 0xa5));
    expect([...drain(open()).keys()].sort()).toEqual(hits.map((hit) => hit.id).sort());
  });

  describe('opens whatever byte is changed, gives no hit that was not in it, and takes the next', () => {
    const runs = Number(process.env.SALVAGE_RUNS ?? 40);

    function opensAfter(sound: Buffer, known: number, changes: readonly (readonly [number, number])[]): void {
      const bytes = Buffer.from(sound);
      for (const [at, value] of changes) bytes[at] = value;
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
      writeFileSync(path, bytes);
      const opened = open();
      expect(opened.append(sampleHit({ action: 'discreet-check', evidence: pictures }), pictures).onDisk).toBe(true);
      expect(drain(opened).size).toBeLessThanOrEqual(known + 1);
      opened.close();
      outbox = null;
    }

    it.each([
      { where: 'anywhere', within: Number.POSITIVE_INFINITY, most: 40 },
      { where: 'in what the file says of itself and its tables', within: pageBytes, most: 3 },
    ])('$where', { timeout: 60_000 + runs * 2_000 }, ({ within, most }) => {
      const known = fillAndClose(12).length;
      const sound = readFileSync(path);
      const changed = fc.tuple(fc.nat(Math.min(within, sound.byteLength) - 1), fc.nat(255));
      fc.assert(
        fc.property(fc.array(changed, { minLength: 1, maxLength: most }), (changes) =>
          opensAfter(sound, known, changes),
        ),
        {
          numRuns: runs,
          examples: [
            // Once found: a check that asks for a column that is not there, which SQLite notices at a later statement; a file that only
            // a newer SQLite may write, which it notices when something is written.
            [[[3885, 48]]],
            [[[18, 3]]],
            [
              [
                [18, 3],
                [19, 1],
              ],
            ],
          ],
        },
      );
    });
  });
});
