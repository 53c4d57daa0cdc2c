import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../database/database.ts';
import type { Hit } from './hit.ts';
import { Outbox } from './outbox.ts';
import { sampleHit, samplePicture } from './sample-hit.test-data.ts';

/**
 * When the power goes, what was synced is on the disk; of what was written since, any part may be, in any order, and a
 * sector may be torn. Here these states are made from copies of the files.
 */
const sector = 512;
const pageBytes = 4096;
const pictures = { plate: samplePicture(800), scene: samplePicture(5_000) };

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-power-'));
  path = join(folder, 'outbox.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Files {
  readonly main: Buffer;
  readonly log: Buffer;
}

const files = (): Files => ({ main: readFileSync(path), log: readFileSync(`${path}-wal`) });
const newHit = (timeMs: number): Hit => sampleHit({ timeMs, evidence: pictures });
const received = (hit: Hit) => ({ hit: hit.id, part: 'hit', outcome: 'stored' }) as const;

/** Opens an outbox from files as a disk gave them back after the power was on again. */
function afterPowerLoss({ main, log }: Files): { readonly ids: readonly string[]; readonly appended: number } {
  const again = join(folder, 'again.sqlite');
  for (const suffix of ['-shm', '.reserve']) rmSync(again + suffix, { force: true });
  writeFileSync(again, main);
  writeFileSync(`${again}-wal`, log);
  const outbox = Outbox.open(again, { diskBudgetBytes: 1e9, reserveBytes: 4096 });
  const ids: string[] = [];
  outbox.firstHit((id) => {
    ids.push(id);
    return false;
  });
  const { hitsAppended, hitsSalvaged } = outbox.counts();
  outbox.close();
  expect(hitsSalvaged).toBe(0);
  return { ids: ids.sort(), appended: hitsAppended };
}

/** The log with everything after `keep` as it may be: missing, of an earlier time, or garbage in some sectors. */
function tornLogs(before: Buffer, after: Buffer): Buffer[] {
  const torn: Buffer[] = [];
  const last = Math.max(before.byteLength, after.byteLength);
  const old = Buffer.concat([before, Buffer.alloc(Math.max(0, last - before.byteLength))]);
  const all = Buffer.concat([after, Buffer.alloc(Math.max(0, last - after.byteLength))]);
  const changed: number[] = [];
  for (let at = 0; at < last; at += sector)
    if (!all.subarray(at, at + sector).equals(old.subarray(at, at + sector))) changed.push(at);
  // Every fourth will do: a frame of the log has nine.
  for (const [index, at] of changed.filter((_, every) => every % 4 === 0).entries()) {
    // Written in order up to here.
    torn.push(Buffer.concat([all.subarray(0, at), old.subarray(at)]));
    if (at >= before.byteLength) torn.push(Buffer.from(after.subarray(0, at)));
    // All but this sector; and this one torn in its middle.
    const without = Buffer.from(all);
    old.copy(without, at, at, at + sector);
    torn.push(without);
    const half = Buffer.from(all);
    half.fill(0x5a, Math.min(last, at + sector / 2), Math.min(last, at + sector));
    // A disk does not harm the bytes beside those that it writes (SQLite's powersafe overwrite).
    if (index % 3 === 0 && at >= before.byteLength) torn.push(half);
  }
  return torn;
}

describe('an outbox whose power was cut', () => {
  it('has every hit that append returned for, and the one under way whole or not at all', { timeout: 120_000 }, () => {
    const outbox = Outbox.open(path, { diskBudgetBytes: 1e9, reserveBytes: 4096 * 1024 });
    const kept = [newHit(1), newHit(2)];
    for (const hit of kept) outbox.append(hit, pictures);
    const synced = files();
    const underWay = newHit(3);
    outbox.append(underWay, pictures);
    const written = files();
    outbox.close();

    const before = kept.map((hit) => hit.id).sort();
    const after = [...before, underWay.id].sort();
    expect(afterPowerLoss(synced).ids).toEqual(before);
    expect(afterPowerLoss(written).ids).toEqual(after);
    expect(written.main.equals(synced.main)).toBe(true);
    for (const log of tornLogs(synced.log, written.log)) {
      const found = afterPowerLoss({ main: written.main, log });
      expect([before, after]).toContainEqual(found.ids);
      // The counters are of the same transaction.
      expect(found.appended).toBe(found.ids.length);
    }
  });

  it('has a hit until its receipt was taken, and never half of it afterwards', { timeout: 120_000 }, () => {
    const outbox = Outbox.open(path, { diskBudgetBytes: 1e9, reserveBytes: 4096 * 1024 });
    const hits = [newHit(1), newHit(2), newHit(3)];
    for (const hit of hits) outbox.append(hit, pictures);
    const synced = files();
    outbox.receiveAll(hits.slice(0, 2).map(received));
    const written = files();
    outbox.close();

    const before = hits.map((hit) => hit.id).sort();
    const after = [hits[2]?.id];
    for (const log of tornLogs(synced.log, written.log))
      expect([before, after]).toContainEqual(afterPowerLoss({ main: synced.main, log }).ids);
  });

  it('loses nothing when the log was being written back', () => {
    const database = openDatabase(path, { shrinks: true });
    const outbox = new Outbox(database, { diskBudgetBytes: 1e9 });
    const hits = Array.from({ length: 12 }, (_, index) => newHit(index));
    for (const hit of hits) outbox.append(hit, pictures);
    const before = files();
    database.pragma('wal_checkpoint(PASSIVE)');
    const after = files();
    outbox.close();

    // SQLite syncs the log before and the file after: in between any of the file's pages may be new, old or torn.
    const expected = hits.map((hit) => hit.id).sort();
    const pages = Math.ceil(after.main.byteLength / pageBytes);
    for (let stride = 1; stride <= pages; stride += 3) {
      for (const torn of [false, true]) {
        const main = Buffer.from(after.main);
        for (let page = 0; page < pages; page += 1) {
          if (page % (stride + 1) === 0) continue;
          const [from, to] = [page * pageBytes, (page + 1) * pageBytes];
          if (torn) main.fill(0x5a, from + sector * 3, to);
          else main.fill(0, from, to).set(before.main.subarray(from, to), from);
        }
        expect(afterPowerLoss({ main, log: before.log }).ids).toEqual(expected);
      }
    }
  });
});

describe('append and receive, ended before each of their statements', () => {
  /** Copies the files at the given statement, as a killed process leaves them: all that was written, nothing that was not. */
  function filesAtEachStatement(act: (outbox: Outbox) => void, prepare: (outbox: Outbox) => void): Files[] {
    const states: Files[] = [];
    let watching = false;
    const database: Database = openDatabase(path, {
      shrinks: true,
      onStatement: () => watching && states.push(files()),
    });
    const outbox = new Outbox(database, { diskBudgetBytes: 1e9 });
    prepare(outbox);
    watching = true;
    act(outbox);
    states.push(files());
    watching = false;
    outbox.close();
    return states;
  }

  it('leaves the hit whole or not at all', () => {
    const [first, second] = [newHit(1), newHit(2)];
    const states = filesAtEachStatement(
      (outbox) => outbox.append(second, pictures),
      (outbox) => outbox.append(first, pictures),
    );
    const found = states.map((state) => afterPowerLoss(state).ids.length);
    expect(found.length).toBeGreaterThan(5);
    expect(found).toEqual([...found].sort());
    expect([found[0], found.at(-1)]).toEqual([1, 2]);
  });

  it('loses no hit when the pictures of one have their turn before all its recipients have it', () => {
    const hits = [newHit(1), newHit(2)];
    const states = filesAtEachStatement(
      (outbox) => outbox.startPictures(hits.map(({ id }) => id)),
      (outbox) => {
        for (const hit of hits) outbox.append(hit, pictures);
      },
    );
    expect(states.length).toBeGreaterThan(3);
    for (const state of states) expect(afterPowerLoss(state).ids).toEqual(hits.map(({ id }) => id).sort());
  });

  it('takes a receipt whole or not at all', () => {
    const [first, second] = [newHit(1), newHit(2)];
    const states = filesAtEachStatement(
      (outbox) => outbox.receiveAll([received(first), received(second)]),
      (outbox) => {
        for (const hit of [first, second]) outbox.append(hit, pictures);
      },
    );
    const found = states.map((state) => afterPowerLoss(state).ids.length);
    expect(found.length).toBeGreaterThan(5);
    expect(new Set(found)).toEqual(new Set([2, 0]));
    expect(found.at(-1)).toBe(0);
  });
});
