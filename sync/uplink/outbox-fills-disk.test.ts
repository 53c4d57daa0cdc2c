import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canMount, mountSmallDisk, type SmallDisk } from '../database/small-disk.fixture.ts';
import type { Receipt } from './hit.ts';
import { Outbox } from './outbox.ts';
import { sampleHit, samplePicture } from './sample-hit.test-data.ts';

const reserveBytes = 1024 * 1024;
const pictures = { plate: samplePicture(12_000), scene: samplePicture(500_000) };
const any = (): boolean => true;

let disk: SmallDisk;
let path: string;
let outbox: Outbox;

const open = (): Outbox => Outbox.open(path, { diskBudgetBytes: 1e9, reserveBytes });

function appendMany(count: number): void {
  for (let index = 0; index < count; index += 1) {
    const hit = sampleHit({ priority: 1 + (index % 9), timeMs: index, evidence: pictures });
    expect(outbox.append(hit, pictures).stored).toBe(true);
  }
}

/** Everything that waits, as the centre would confirm it; all pictures at once, which makes SQLite's log long. */
function drain(): void {
  for (let hit = outbox.firstHit(any); hit; hit = outbox.firstHit(any)) {
    expect(outbox.receive({ hit: hit.id, part: 'hit', outcome: 'stored' })).toBe(true);
  }
  const receipts: Receipt['data'][] = [];
  const key = ({ hit, part }: Receipt['data']): string => `${hit}/${part}`;
  for (;;) {
    const known = new Set(receipts.map(key));
    const next = outbox.firstPicture(({ hitId, kind }) => !known.has(`${hitId}/${kind}`));
    if (next === null) break;
    receipts.push({ hit: next.hitId, part: next.kind, outcome: 'stored' });
  }
  expect(outbox.receiveAll(receipts)).toEqual(receipts.map(() => true));
}

/** The reserve is in its place again, or will be within a few looks at the disk. */
function settle(): void {
  for (let looks = 0; looks < 20 && outbox.tend() < Number.POSITIVE_INFINITY; looks += 1);
}

describe.skipIf(!canMount())('an outbox that fills its disk alone', () => {
  beforeEach(() => {
    disk = mountSmallDisk(12);
    path = join(disk.folder, 'outbox.sqlite');
    outbox = open();
  });
  afterEach(() => {
    outbox.close();
    disk.close();
  });

  it('takes receipts and holds its reserve again, however long its log once was', () => {
    for (let times = 0; times < 3; times += 1) {
      appendMany(40);
      drain();
      settle();
      expect(outbox.counts()).toMatchObject({ hitsWaiting: 0, picturesWaiting: 0, hitsDropped: 0 });
      expect(outbox.tend()).toBe(Number.POSITIVE_INFINITY);
    }
  });

  it('takes receipts when it is opened without its reserve and with no free page, while the disk has a little room', () => {
    appendMany(60);
    outbox.close();
    outbox = open();
    appendMany(60);
    drain();
    settle();
    expect(outbox.counts()).toMatchObject({ hitsWaiting: 0, picturesWaiting: 0, hitsDropped: 0 });
    expect(outbox.tend()).toBe(Number.POSITIVE_INFINITY);
  });
});
