import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../database/database.ts';
import { HeldHits } from './held-hits.ts';
import type { Hit } from './hit.ts';
import { Outbox } from './outbox.ts';
import { sampleHit, samplePicture } from './sample-hit.test-data.ts';

let folder: string;
let path: string;
const open: Outbox[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-outbox-'));
  path = join(folder, 'outbox.sqlite');
});
afterEach(() => {
  for (const outbox of open.splice(0)) outbox.close();
  rmSync(folder, { recursive: true });
});

function outboxOf(diskBudgetBytes = 1e9): Outbox {
  const outbox = Outbox.open(path, { diskBudgetBytes });
  open.push(outbox);
  return outbox;
}

const received = (hit: Hit) => ({ hit: hit.id, part: 'hit', outcome: 'stored' }) as const;
const any = (): boolean => true;
const pictures = { plate: samplePicture(4_000), scene: samplePicture(90_000) };

/** Takes hits in the order in which they would be sent. */
function drain(outbox: Outbox): string[] {
  const ids: string[] = [];
  for (let hit = outbox.firstHit(any); hit; hit = outbox.firstHit(any)) {
    ids.push(hit.id);
    outbox.receive({ hit: hit.id, part: 'hit', outcome: 'stored' });
  }
  return ids;
}

describe('the outbox', () => {
  it('gives hits by priority, then by time', () => {
    const outbox = outboxOf();
    const made = [
      sampleHit({ priority: 5, timeMs: 1_000 }),
      sampleHit({ priority: 1, timeMs: 9_000 }),
      sampleHit({ priority: 5, timeMs: 500 }),
      sampleHit({ priority: 1, timeMs: 2_000 }),
    ];
    for (const hit of made) outbox.append(hit);
    expect(drain(outbox)).toEqual([made[3], made[1], made[2], made[0]].map((hit) => hit?.id));
  });

  it('keeps a hit through a restart and gives the very same bytes again', () => {
    const hit = sampleHit({ evidence: pictures });
    outboxOf().append(hit, pictures);
    const again = outboxOf().firstHit(any);
    expect(JSON.parse(String(again?.body))).toEqual(hit);
  });

  it('gives a picture only after its hit was received, plates before scenes', () => {
    const outbox = outboxOf();
    const [first, second] = [sampleHit({ evidence: pictures }), sampleHit({ evidence: pictures, priority: 1 })];
    for (const hit of [first, second]) outbox.append(hit, pictures);
    expect(outbox.firstPicture(any)).toBeNull();
    outbox.receive(received(first));
    expect(outbox.firstPicture(any)).toMatchObject({ hitId: first.id, kind: 'plate' });
    outbox.receive(received(second));
    const order: string[] = [];
    for (let one = outbox.firstPicture(any); one; one = outbox.firstPicture(any)) {
      order.push(`${one.hitId === first.id ? 'first' : 'second'} ${one.kind}`);
      outbox.receive({ hit: one.hitId, part: one.kind, outcome: 'stored' });
    }
    expect(order).toEqual(['second plate', 'first plate', 'second scene', 'first scene']);
    expect(outbox.counts()).toMatchObject({ hitsWaiting: 0, picturesWaiting: 0, picturesReceived: 4 });
  });

  it('gives pictures their turn when one of several recipients has the hit, and keeps the hit through a restart', () => {
    const hit = sampleHit({ evidence: pictures });
    const before = outboxOf();
    before.append(hit, pictures);
    before.startPictures([hit.id, sampleHit().id]);
    const outbox = outboxOf();
    expect(outbox.isWaiting(hit.id)).toBe(true);
    expect(outbox.firstHit(any)?.id).toBe(hit.id);
    expect(outbox.firstPicture(({ hitWaits }) => hitWaits === 1)).toMatchObject({ hitId: hit.id, kind: 'plate' });
    expect(outbox.receive(received(hit))).toBe(true);
    expect(outbox.isWaiting(hit.id)).toBe(false);
    for (const kind of ['plate', 'scene'] as const) {
      expect(outbox.firstPicture(({ hitWaits }) => hitWaits === 0)).toMatchObject({ hitId: hit.id, kind });
      expect(outbox.receive({ hit: hit.id, part: kind, outcome: 'stored' })).toBe(true);
    }
    expect(outbox.counts()).toMatchObject({ hitsReceived: 1, picturesReceived: 2, picturesWaiting: 0 });
  });

  it('ignores receipts for what it does not hold', () => {
    const outbox = outboxOf();
    const hit = sampleHit({ evidence: pictures });
    outbox.append(hit, pictures);
    expect(outbox.receive(received(sampleHit()))).toBe(false);
    expect(outbox.receive({ hit: hit.id, part: 'scene', outcome: 'stored' })).toBe(false);
    expect(outbox.receive(received(hit))).toBe(true);
    expect(outbox.receive(received(hit))).toBe(false);
    expect(outbox.counts()).toMatchObject({ hitsReceived: 1, picturesWaiting: 2 });
  });

  it('drops and counts a picture that the centre refuses', () => {
    const outbox = outboxOf();
    const hit = sampleHit({ evidence: pictures });
    outbox.append(hit, pictures);
    outbox.receive(received(hit));
    outbox.receive({ hit: hit.id, part: 'plate', outcome: 'refused' });
    expect(outbox.counts()).toMatchObject({ picturesRefused: 1, picturesWaiting: 1 });
  });

  it('leaves nothing of a received hit in its file', () => {
    const outbox = outboxOf();
    const hit = sampleHit();
    outbox.append(hit);
    outbox.receive(received(hit));
    outbox.close();
    open.splice(0);
    expect(readFileSync(path).includes(hit.id)).toBe(false);
  });
});

describe('an outbox at its disk budget', () => {
  it('gives up scenes first, then plates, then hits, counts each, and keeps the urgent', () => {
    const outbox = outboxOf(160_000);
    const urgent = Array.from({ length: 6 }, () => sampleHit({ priority: 1, evidence: pictures }));
    for (const hit of urgent) outbox.append(hit, pictures);
    expect(outbox.counts()).toMatchObject({ hitsWaiting: 6, platesDropped: 0, hitsDropped: 0 });

    const many = Array.from({ length: 80 }, (_, index) =>
      sampleHit({ priority: 9, timeMs: index, evidence: pictures }),
    );
    const outcomes = many.map((hit) => outbox.append(hit, pictures));
    const full = outbox.counts();
    expect(full.usedBytes).toBeLessThanOrEqual(160_000);
    expect(full).toMatchObject({ picturesWaiting: 0, scenesDropped: 86, platesDropped: 86, hitsAppended: 86 });
    expect(full.hitsDropped).toBeGreaterThan(0);
    expect(full.hitsWaiting + full.hitsDropped).toBe(86);
    expect(outcomes.every((one) => one.stored)).toBe(true);
    const left = drain(outbox);
    expect(left.slice(0, 6).sort()).toEqual(urgent.map((hit) => hit.id).sort());
    expect(left.at(-1)).toBe(many.at(-1)?.id);
  });

  it('does not give up an urgent hit for one that is less urgent', () => {
    const outbox = outboxOf(90_000);
    while (outbox.counts().hitsDropped === 0) outbox.append(sampleHit({ priority: 1 }));
    const urgent = outbox.counts().hitsWaiting;
    const later = Array.from({ length: 30 }, (_, index) => sampleHit({ priority: 2 + (index % 2) }));
    const outcomes = later.map((hit) => outbox.append(hit));
    expect(outcomes.some((one) => !one.stored)).toBe(true);
    const lessUrgent = new Set(later.map((hit) => hit.id));
    const left = drain(outbox);
    expect(left.filter((id) => !lessUrgent.has(id))).toHaveLength(urgent);
    expect(left.slice(0, urgent).some((id) => lessUrgent.has(id))).toBe(false);
  });

  it('makes room in the same order when the disk itself is full', () => {
    const database = openDatabase(path);
    const outbox = new Outbox(database, { diskBudgetBytes: 1e9, held: new HeldHits({ hits: 0, bytes: 0 }) });
    open.push(outbox);
    // With a page limit SQLite answers SQLITE_FULL, as on a full disk.
    database.pragma('max_page_count = 26');
    for (let index = 0; index < 60; index += 1) {
      const hit = sampleHit({ timeMs: index, evidence: pictures });
      expect(outbox.append(hit, pictures).stored).toBe(true);
    }
    const counts = outbox.counts();
    expect(counts.hitsDropped).toBeGreaterThan(0);
    expect(counts.hitsWaiting + counts.hitsDropped).toBe(60);
    expect(counts.scenesDropped).toBe(60);
    expect(counts.platesDropped + counts.picturesWaiting).toBe(60);
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  });
});
