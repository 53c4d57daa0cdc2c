import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jsonLog } from '../../config/foundation/log.ts';
import { openDatabase } from '../database/database.ts';
import { canMount, mountSmallDisk, type SmallDisk } from '../database/small-disk.fixture.ts';
import { HeldHits } from './held-hits.ts';
import type { Hit } from './hit.ts';
import { Outbox } from './outbox.ts';
import { sampleHit, samplePicture } from './sample-hit.test-data.ts';

const pictures = { plate: samplePicture(4_000), scene: samplePicture(90_000) };
const reserveBytes = 1 * 1024 * 1024;
const any = (): boolean => true;

let disk: SmallDisk;
let path: string;
let outbox: Outbox;
let events: string[];

function reopen(): void {
  const log = jsonLog((line) => events.push(JSON.parse(line).event));
  outbox = Outbox.open(path, { diskBudgetBytes: 1e9, reserveBytes, log, held: new HeldHits({ hits: 20, bytes: 1e6 }) });
}

function appendMany(count: number, priority: number): Hit[] {
  const hits = Array.from({ length: count }, (_, index) => sampleHit({ priority, timeMs: index, evidence: pictures }));
  for (const hit of hits) expect(outbox.append(hit, pictures).stored).toBe(true);
  return hits;
}

function drain(): string[] {
  const ids: string[] = [];
  for (let hit = outbox.firstHit(any); hit; hit = outbox.firstHit(any)) {
    ids.push(hit.id);
    expect(outbox.receive({ hit: hit.id, part: 'hit', outcome: 'stored' })).toBe(true);
  }
  return ids;
}

describe.skipIf(!canMount())('an outbox on a disk that is full to the last byte', () => {
  beforeEach(() => {
    disk = mountSmallDisk(8);
    path = join(disk.folder, 'outbox.sqlite');
    events = [];
    reopen();
  });
  afterEach(() => {
    outbox.close();
    disk.close();
  });

  it('gives up its reserve, then scenes, then crops, and keeps every hit', () => {
    const before = appendMany(20, 3);
    disk.fill();
    const during = appendMany(200, 3);
    const counts = outbox.counts();
    expect(counts).toMatchObject({ hitsWaiting: 220, hitsDropped: 0 });
    expect(counts.scenesDropped).toBeGreaterThan(0);
    expect(counts.scenesDropped + counts.platesDropped + counts.picturesWaiting).toBe(440);
    expect(events).toContain('outbox/disk-full');
    expect(drain().sort()).toEqual([...before, ...during].map((hit) => hit.id).sort());
  });

  it('takes hits even when it was empty before', () => {
    disk.fill();
    const hits = appendMany(60, 3);
    expect(outbox.counts()).toMatchObject({ hitsWaiting: 60, hitsDropped: 0 });
    expect(drain().sort()).toEqual(hits.map((hit) => hit.id).sort());
  });

  it('takes pictures again as soon as the disk has room, though the link is down', () => {
    disk.fill();
    appendMany(10, 3);
    disk.clear();
    appendMany(5, 3);
    expect(outbox.append(sampleHit({ evidence: pictures }), pictures).pictures).toEqual(['plate', 'scene']);
    expect(existsSync(`${path}.reserve`)).toBe(true);
  });

  it('takes no picture of a plate before the last scene has gone, and no hit before the last picture', () => {
    appendMany(10, 3);
    disk.fill();
    let previous = outbox.counts();
    let tried = 0;
    for (; tried < 3_000 && previous.hitsDropped < 5; tried += 1) {
      outbox.append(sampleHit({ priority: 3, timeMs: 1_000 + tried, evidence: pictures }), pictures);
      const now = outbox.counts();
      const waiting = openDatabase(path, { readonly: true });
      const scenes = waiting.prepare("SELECT COUNT(*) FROM evidence WHERE kind = 'scene'").pluck().get();
      waiting.close();
      if (now.platesDropped > previous.platesDropped) expect(scenes).toBe(0);
      if (now.hitsDropped > previous.hitsDropped) expect(now.picturesWaiting).toBe(0);
      previous = now;
    }
    expect(previous.hitsDropped).toBeGreaterThan(0);
    expect(previous.hitsWaiting + previous.hitsDropped).toBe(10 + tried);
    expect(drain().length).toBe(previous.hitsWaiting);
  });

  it('still deletes what the centre confirms when another program has taken the reserve as well', () => {
    const hits = appendMany(20, 3);
    for (let index = 0; index < 10; index += 1) {
      disk.fill();
      outbox.append(sampleHit({ priority: 3, timeMs: 100 + index, evidence: pictures }), pictures);
    }
    disk.fill();
    const waiting = outbox.counts().hitsWaiting;
    expect(waiting).toBeGreaterThanOrEqual(hits.length);
    expect(drain().length).toBe(waiting);
    expect(outbox.counts()).toMatchObject({ hitsWaiting: 0, hitsReceived: waiting });
  });

  it('takes its reserve again when there is room, and gives its own room back to the disk', () => {
    appendMany(20, 3);
    disk.fill();
    appendMany(5, 3);
    expect(existsSync(`${path}.reserve`)).toBe(false);
    disk.clear();
    drain();
    expect(existsSync(`${path}.reserve`)).toBe(true);
  });

  it('takes its reserve again without a receipt, as soon as it is tended: the disk may fill up again before one comes', () => {
    appendMany(20, 3);
    disk.fill();
    appendMany(5, 3);
    expect(outbox.tend()).toBeLessThan(1_000);
    disk.clear();
    expect(outbox.tend()).toBe(Number.POSITIVE_INFINITY);
    expect(existsSync(`${path}.reserve`)).toBe(true);
  });

  /** Another program takes whatever becomes free, faster than the outbox can use it. */
  function leaveNoRoom(action: Hit['data']['entry']['action'] = 'stop'): void {
    disk.fill();
    for (let tries = 0; tries < 2_000; tries += 1) {
      const { onDisk } = outbox.append(sampleHit({ priority: 3, timeMs: tries, action }));
      disk.fill();
      if (!onDisk) return;
    }
    throw new Error('the disk always had room');
  }

  it('holds hits in memory when there is no room at all, gives none up for them, and says so', () => {
    leaveNoRoom();
    const before = outbox.counts();
    const urgent = sampleHit({ priority: 1, timeMs: 99_999, evidence: pictures });
    expect(outbox.append(urgent, pictures)).toEqual({ stored: true, onDisk: false, pictures: [] });
    expect(outbox.counts()).toMatchObject({
      hitsWaiting: before.hitsWaiting + 1,
      openHitsInMemory: before.openHitsInMemory + 1,
      hitsDropped: 0,
    });
    expect(events.filter((event) => event === 'outbox/hits-in-memory')).toHaveLength(1);
    // It is sent from there, in its turn.
    const first = outbox.firstHit(any);
    expect(first?.id).toBe(urgent.id);
    expect(JSON.parse(String(first?.body))).toEqual(urgent);
    expect(outbox.receive({ hit: urgent.id, part: 'hit', outcome: 'stored' })).toBe(true);
    expect(outbox.receive({ hit: urgent.id, part: 'hit', outcome: 'stored' })).toBe(false);
    expect(outbox.counts()).toMatchObject({ hitsReceived: 1, hitsWaiting: before.hitsWaiting });
  });

  it('writes what it holds in memory as soon as the disk has room, and keeps it from then on', () => {
    leaveNoRoom();
    const held = Array.from({ length: 5 }, (_, index) => sampleHit({ priority: 1, timeMs: index }));
    for (const hit of held) expect(outbox.append(hit).onDisk).toBe(false);
    expect(outbox.tend()).toBeLessThan(1_000);
    const { hitsWaiting } = outbox.counts();
    disk.clear();
    outbox.tend();
    expect(outbox.counts()).toMatchObject({ openHitsInMemory: 0, hitsWaiting, hitsAppended: hitsWaiting });
    expect(events.at(-1)).toBe('outbox/no-hits-in-memory');
    outbox.close();
    reopen();
    expect(drain().slice(0, 5)).toEqual(held.map((hit) => hit.id));
  });

  it('tells nobody at the node of a discreet hit that found no room', () => {
    leaveNoRoom('discreet-check');
    expect(outbox.counts()).toMatchObject({ openHitsInMemory: 0, openHitsWaiting: 0 });
    expect(outbox.counts().hitsWaiting).toBeGreaterThan(0);
    expect(events).not.toContain('outbox/hits-in-memory');
  });

  it('opens after a crash on the full disk, with every hit', () => {
    const hits = appendMany(20, 3);
    outbox.close();
    disk.fill();
    reopen();
    expect(drain().sort()).toEqual(hits.map((hit) => hit.id).sort());
  });
});
