import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { jsonLog } from '../../config/foundation/log.ts';
import { openDatabase } from '../database/database.ts';
import { canMountFailing, mountFailingDisk } from '../database/failing-disk.fixture.ts';
import { canMount, mountSmallDisk, type SmallDisk } from '../database/small-disk.fixture.ts';
import type { Hit } from './hit.ts';
import { Outbox } from './outbox.ts';
import { sampleHit, samplePicture } from './sample-hit.test-data.ts';

const pictures = { plate: samplePicture(4_000), scene: samplePicture(20_000) };
const reserveBytes = 256 * 1024;

let events: string[];
const log = jsonLog((line) => events.push(JSON.parse(line).event));

beforeEach(() => {
  events = [];
});

function open(path: string, diskBudgetBytes = 1e9): Outbox {
  return Outbox.open(path, { diskBudgetBytes, reserveBytes, log });
}

function appended(outbox: Outbox, count: number): string[] {
  return Array.from({ length: count }, (_, timeMs) => {
    const hit = sampleHit({ timeMs, evidence: pictures });
    expect(outbox.append(hit, pictures).onDisk).toBe(true);
    return hit.id;
  });
}

/** Appends a hit that the disk does not take. */
function held(outbox: Outbox, more: { priority?: number; action?: Hit['data']['entry']['action'] } = {}): string {
  const hit = sampleHit({ timeMs: 9_999, evidence: pictures, ...more });
  expect(outbox.append(hit, pictures)).toEqual({ stored: true, onDisk: false, pictures: [] });
  return hit.id;
}

/** Ids of all that would be sent, whatever may be deleted. */
function sendable(outbox: Outbox): string[] {
  const ids = new Set<string>();
  for (;;) {
    const hit = outbox.firstHit((id) => !ids.has(id));
    if (hit === null) return [...ids].sort();
    ids.add(hit.id);
  }
}

function received(outbox: Outbox, hit: string): boolean {
  return outbox.receive({ hit, part: 'hit', outcome: 'stored' });
}

describe('an outbox whose disk becomes read-only while it is open', () => {
  let outbox: Outbox;

  it.skipIf(!canMountFailing())('holds hits in memory, sends them and what it has stored, and loses none', () => {
    const disk = mountFailingDisk(32);
    onTestFinished(() => disk.close());
    const path = join(disk.folder, 'outbox.sqlite');
    outbox = open(path);
    const stored = appended(outbox, 5);
    disk.fail();
    const ids = [held(outbox), held(outbox)];
    expect(events).toEqual(['outbox/hits-in-memory']);
    expect(sendable(outbox)).toEqual([...stored, ...ids].sort());
    expect(outbox.tend()).toBeLessThan(1_000);
    expect(received(outbox, ids[0] ?? '')).toBe(true);
    expect(received(outbox, stored[0] ?? '')).toBe(false);
    expect(outbox.expirePictures({ nowMs: 0, sinceLookMs: null }, 1)).toBe(true);
    expect(outbox.counts()).toMatchObject({ hitsWaiting: 6, openHitsInMemory: 1, hitsReceived: 1, hitsDropped: 0 });
    // The centre has the other as well.
    expect(received(outbox, ids[1] ?? '')).toBe(true);
    outbox.close();
    expect(events).not.toContain('outbox/hits-lost');
    disk.mend();
    outbox = open(path);
    expect(sendable(outbox)).toEqual([...stored].sort());
    outbox.close();
  });

  it.skipIf(!canMountFailing())('opens on it again, as after a crash, and sends what is there', () => {
    const disk = mountFailingDisk(32);
    onTestFinished(() => disk.close());
    const path = join(disk.folder, 'outbox.sqlite');
    outbox = open(path);
    const stored = appended(outbox, 5);
    disk.fail();
    outbox.close();
    outbox = open(path);
    expect(events).toEqual(['outbox/not-writable']);
    const id = held(outbox);
    expect(sendable(outbox)).toEqual([...stored, id].sort());
    expect(received(outbox, id)).toBe(true);
    outbox.close();
  });

  it('holds a hit though its budget is used up, because nothing can give way', () => {
    const database = openDatabase(':memory:');
    outbox = new Outbox(database, { diskBudgetBytes: 200_000, log });
    while (outbox.counts().scenesDropped === 0) appended(outbox, 1);
    const { hitsWaiting } = outbox.counts();
    database.pragma('query_only = ON');
    for (let count = 0; count < 10; count += 1) held(outbox, { priority: 9 });
    database.pragma('query_only = OFF');
    outbox.tend();
    expect(outbox.counts()).toMatchObject({ hitsWaiting: hitsWaiting + 10, openHitsInMemory: 0, hitsDropped: 0 });
    outbox.close();
  });
});

describe.skipIf(!canMount())('an outbox that is opened on a read-only disk', () => {
  let disk: SmallDisk;
  let path: string;
  let outbox: Outbox;
  let stored: string[];

  beforeEach(() => {
    disk = mountSmallDisk(8);
    path = join(disk.folder, 'outbox.sqlite');
    outbox = open(path);
    stored = appended(outbox, 5);
  });
  afterEach(() => {
    outbox.close();
    disk.close();
  });

  /** As a node leaves its files that is killed. */
  function kill(): void {
    const left = readdirSync(disk.folder).map((name) => [name, readFileSync(join(disk.folder, name))] as const);
    outbox.close();
    for (const [name, bytes] of left) writeFileSync(join(disk.folder, name), bytes);
  }

  it.each(['was stopped', 'was killed', 'was killed and lost the memory shared beside its file'])(
    'sends what is in it after the node %s, holds what comes, and writes it when the disk takes it again',
    (end) => {
      if (end === 'was stopped') outbox.close();
      else kill();
      if (end.includes('lost')) rmSync(`${path}-shm`);
      disk.setReadOnly(true);
      outbox = open(path);
      expect(events).toContain('outbox/not-writable');
      const ids = [held(outbox), held(outbox, { action: 'discreet-check' })];
      if (!end.includes('lost')) expect(sendable(outbox)).toEqual([...stored, ...ids].sort());
      else expect(sendable(outbox)).toEqual(expect.arrayContaining(ids));
      expect(outbox.tend()).toBeLessThan(1_000);
      disk.setReadOnly(false);
      outbox.tend();
      expect(events).toContain('outbox/writable-again');
      expect(sendable(outbox)).toEqual([...stored, ...ids].sort());
      expect(outbox.counts()).toMatchObject({ hitsWaiting: 7, openHitsInMemory: 0, hitsAppended: 7 });
      outbox.close();
      outbox = open(path);
      expect(sendable(outbox)).toEqual([...stored, ...ids].sort());
    },
  );

  it('tells how hits ended to whoever listened before it was opened anew', () => {
    outbox.close();
    disk.setReadOnly(true);
    outbox = open(path);
    const ends: string[] = [];
    outbox.onEnded((end, ids) => ends.push(...ids.map((id) => `${end} ${id}`)));
    const id = held(outbox);
    disk.setReadOnly(false);
    outbox.tend();
    expect(received(outbox, id)).toBe(true);
    expect(ends).toEqual([`received ${id}`]);
    expect(outbox.counts()).toMatchObject({ hitsReceived: 1 });
  });

  it('writes what it holds at its end, if the disk takes it by then', () => {
    outbox.close();
    disk.setReadOnly(true);
    outbox = open(path);
    const id = held(outbox);
    disk.setReadOnly(false);
    outbox.close();
    expect(events).not.toContain('outbox/hits-lost');
    outbox = open(path);
    expect(sendable(outbox)).toContain(id);
  });

  it('holds hits though there was no outbox yet', () => {
    outbox.close();
    for (const name of readdirSync(disk.folder)) rmSync(join(disk.folder, name));
    disk.setReadOnly(true);
    outbox = open(path);
    const id = held(outbox);
    expect(sendable(outbox)).toEqual([id]);
    disk.setReadOnly(false);
    outbox.tend();
    expect(existsSync(path)).toBe(true);
    expect(sendable(outbox)).toEqual([id]);
    expect(outbox.counts().openHitsInMemory).toBe(0);
  });

  it('holds hits beside a damaged one, says that it stays behind, and salvages it later', () => {
    outbox.close();
    writeFileSync(path, 'spoilt '.repeat(1_000));
    disk.setReadOnly(true);
    const told: unknown[] = [];
    outbox = Outbox.open(path, {
      diskBudgetBytes: 1e9,
      reserveBytes,
      log: jsonLog((line) => told.push(JSON.parse(line))),
    });
    expect(told).toEqual([expect.objectContaining({ event: 'outbox/not-writable', staysBehind: true })]);
    const id = held(outbox);
    disk.setReadOnly(false);
    outbox.tend();
    expect(sendable(outbox)).toEqual([id]);
    expect(readdirSync(disk.folder).some((name) => name.includes('.damaged-'))).toBe(true);
  });

  it('sends what a salvage carried over that was complete and not in its place yet', () => {
    outbox.close();
    copyFileSync(path, `${path}.salvaged`);
    writeFileSync(path, 'spoilt '.repeat(1_000));
    disk.setReadOnly(true);
    outbox = open(path);
    expect(sendable(outbox)).toEqual([...stored].sort());
    disk.setReadOnly(false);
    outbox.tend();
    expect(sendable(outbox)).toEqual([...stored].sort());
  });
});
