import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Hit } from './hit.ts';
import type { HitEnd } from './hit-ends.ts';
import { Outbox } from './outbox.ts';
import { sampleHit, samplePicture } from './sample-hit.test-data.ts';

let folder: string;
let outbox: Outbox;
let told: [HitEnd, readonly string[]][];

function open(diskBudgetBytes: number): void {
  outbox = Outbox.open(join(folder, 'outbox.sqlite'), { diskBudgetBytes });
  outbox.onEnded((end, ids) => told.push([end, ids]));
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-ends-'));
  told = [];
});
afterEach(() => {
  outbox.close();
  rmSync(folder, { recursive: true });
});

const receiptOf = ({ id }: Hit) => ({ hit: id, part: 'hit', outcome: 'stored' }) as const;

describe('the outbox tells how a hit ended', () => {
  it('once the centre has it, in one go for all that were confirmed together', () => {
    open(1e9);
    const pictures = { plate: samplePicture(4_000) };
    const hits = [sampleHit({ evidence: pictures }), sampleHit(), sampleHit()];
    for (const hit of hits) outbox.append(hit, hit === hits[0] ? pictures : {});
    const [first, second, third] = hits.map(receiptOf);
    outbox.receiveAll([first!, second!, first!, receiptOf(sampleHit())]);
    outbox.receiveAll([first!, { hit: hits[0]!.id, part: 'plate', outcome: 'stored' }]);
    outbox.receiveAll([third!]);
    expect(told).toEqual([
      ['received', [hits[0]!.id, hits[1]!.id]],
      ['received', [hits[2]!.id]],
    ]);
  });

  it('when it has to give way to another', () => {
    open(2_000_000);
    const room = { body: new Uint8Array(20_000) };
    const hits = Array.from({ length: 120 }, (_, at) => sampleHit({ priority: 3, timeMs: at }));
    for (const hit of hits) outbox.append(hit, {}, room.body);
    const dropped = outbox.counts().hitsDropped;
    expect(dropped).toBeGreaterThan(0);
    expect(told).toEqual(hits.slice(0, dropped).map(({ id }) => ['given-up', [id]]));
  });

  it('but never of a hit that asks for a discreet check, nor of the withdrawal of one', () => {
    open(2_000_000);
    const discreet = Array.from({ length: 120 }, (_, at) =>
      sampleHit({ priority: 3, timeMs: at, action: 'discreet-check' }),
    );
    for (const hit of discreet) outbox.append(hit, {}, new Uint8Array(20_000));
    const last = discreet.at(-1)!;
    const withdrawal = sampleHit().id;
    outbox.withdraw(last.id, { id: withdrawal, timeMs: 0, body: new Uint8Array(10) });
    outbox.receiveAll([receiptOf(last), { hit: withdrawal, part: 'hit', outcome: 'stored' }]);
    const { hitsDropped, hitsReceived, withdrawalsReceived } = outbox.counts();
    expect([hitsDropped > 0, hitsReceived, withdrawalsReceived]).toEqual([true, 1, 1]);
    expect(told).toEqual([]);
  });
});
