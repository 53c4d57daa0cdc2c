import { expect, test } from 'vitest';
import { topics } from '../../sync/broker/topics.ts';
import { bytes, closingSummary, type DemoOutcome, type DemoState, statusLine } from './demo-display.ts';
import { DemoScreen } from './demo-screen.ts';
import { TrafficLedger } from './traffic-ledger.ts';

const node = 'demo-gantry';
const plain = { colours: false, columns: 120 };

function ledger(): TrafficLedger {
  return new TrafficLedger(node, ['XTV81P', '2ZLG016']);
}

function state(changes: Partial<DemoState> = {}): DemoState {
  const counted = ledger();
  counted.add({ topic: topics.hits(node), payload: Buffer.alloc(1_500) });
  const counts = { elapsedS: 7.9, totalS: 30, frames: 98, reads: 61, passages: 9, hits: 2, queue: 1 };
  return { scene: 'day', ...counts, left: counted.totals(), ...changes };
}

function outcome(changes: Partial<DemoOutcome> = {}): DemoOutcome {
  const ends = {
    vehicles: 17,
    listed: 4,
    peakMemory: { processBytes: 200_000_000, workerBytes: 150_000_000 },
    firstHitAfterS: 4.25,
    picturesFolder: '/tmp/hits',
    queue: 0,
  };
  return { ...state(), ...ends, ...changes };
}

test('the ledger sorts what a node sends and leaves the centre out', () => {
  const counted = ledger();
  counted.add({ topic: topics.hits(node), payload: Buffer.from('{"plate":"VN123XT"}') });
  counted.add({ topic: topics.evidence(node, 'a', 'scene'), payload: Buffer.alloc(1_000) });
  counted.add({ topic: topics.health(node), payload: Buffer.alloc(10) });
  counted.add({ topic: topics.receipts(node), payload: Buffer.alloc(10) });
  counted.add({ topic: topics.centreReady, payload: Buffer.alloc(10) });
  counted.add({ topic: topics.listManifest('NL-DEMO', 'x'), payload: Buffer.alloc(10) });
  counted.add({ topic: topics.listKey(node, 'NL-DEMO', 'x', 1), payload: Buffer.alloc(10) });
  const totals = counted.totals();
  expect(totals.byKind.hits).toEqual({ messages: 1, bytes: 19 });
  expect(totals.byKind.pictures).toEqual({ messages: 1, bytes: 1_000 });
  expect(totals.bytes).toBe(1_029);
  expect([totals.otherMessages, totals.unlistedPlates]).toEqual([0, 0]);
});

test('the ledger notices a plate that nobody looks for, and a topic that nobody knows', () => {
  const counted = ledger();
  counted.add({ topic: topics.health(node), payload: Buffer.from('{"last":"XTV81P"}') });
  counted.add({ topic: `${topics.hits(node)}-all`, payload: Buffer.from('2ZLG016') });
  counted.add({ topic: 'somewhere/else', payload: Buffer.alloc(0) });
  expect(counted.totals()).toMatchObject({ otherMessages: 2, unlistedPlates: 2 });
});

test('the status line tells everything where there is room', () => {
  expect(statusLine(state(), plain).trim()).toBe(
    'day 7/30 s · frames 98 · passages 9 · reads 61 · hits 2 · queue 1 · left the node 1.5 kB',
  );
});

test('the status line never wraps, and hits and bytes are the last to go', () => {
  for (const columns of [1, 10, 20, 40, 60, 80, 200]) {
    expect(statusLine(state(), { colours: false, columns }).length).toBeLessThanOrEqual(Math.max(3, columns));
  }
  expect(statusLine(state(), { colours: false, columns: 40 })).toContain('hits 2 · left the node 1.5 kB');
});

test('the summary counts passages, reads and hits and says that nothing else left', () => {
  const text = closingSummary(outcome(), plain).join('\n');
  expect(text).toContain('17 vehicles, 4 of them on the list');
  expect(text).toContain('plates read in 61');
  expect(text).toContain('2, the first after 4.3 s');
  expect(text).toContain('hits 1 (1.5 kB)');
  expect(text).toContain('at most 150.0 MB in the camera worker, 200.0 MB');
  expect(text).toContain('Nothing else left the node');
});

test('the summary says so when a promise was broken', () => {
  const counted = ledger();
  counted.add({ topic: topics.health(node), payload: Buffer.from('XTV81P') });
  const text = closingSummary(outcome({ left: counted.totals(), firstHitAfterS: null }), plain).join('\n');
  expect(text).toContain('BROKEN PROMISE: 1 messages with an unlisted plate');
  expect(text).not.toContain('Nothing else left');
});

test('amounts of data are short', () => {
  expect([0, 999, 1_000, 999_949, 12_345_678].map(bytes)).toEqual(['0 B', '999 B', '1.0 kB', '999.9 kB', '12.3 MB']);
});

test('in a terminal text goes above the status line', () => {
  let written = '';
  const screen = new DemoScreen({ isTTY: true, columns: 100, write: (text) => (written += text) }, { colours: false });
  screen.status(state());
  const line = statusLine(state(), { colours: false, columns: 100 });
  written = '';
  screen.print('a hit\n');
  expect(written).toBe(`\r\u001b[2Ka hit\n${line}`);
  screen.clearStatus();
  written = '';
  screen.print('the end\n');
  expect(written).toBe('the end\n');
});

test('without a terminal the status is a plain line every five seconds', () => {
  let written = '';
  const screen = new DemoScreen({ write: (text) => (written += text) }, { colours: true });
  for (const elapsedS of [0, 1, 4.9, 5, 6]) screen.status(state({ elapsedS }));
  screen.print('a hit\n');
  expect(written.split('\n')).toHaveLength(4);
  expect(written).not.toContain('\u001b');
});
