import { describe, expect, it } from 'vitest';
import { uuidV7 } from '../../../config/foundation/uuid-v7.ts';
import { encodeMessage } from '../../../sync/uplink/cloud-event.ts';
import { hitType } from '../../../sync/uplink/hit.ts';
import { encodeEnvelope } from '../../../sync/uplink/hit-envelope.ts';
import { LatencyLedger } from './latency-ledger.ts';

const begin = Date.parse('2026-05-01T04:00:00.000Z');
const always = { fromMs: begin, toMs: begin + 60_000 };
/** A camera of ten frames a second. */
const frames = new Map([['north', Array.from({ length: 100 }, (_, at) => begin + at * 100)]]);
const id = uuidV7(begin);

/** A signed hit as it travels, of a passage last seen and made at these times. */
function signed(hitId: string, lastSeenMs: number, madeMs: number): Uint8Array {
  const event = {
    id: hitId,
    time: new Date(madeMs).toISOString(),
    data: { observation: { camera: 'north', lastSeen: new Date(lastSeenMs).toISOString() } },
  };
  const payload = Buffer.from(JSON.stringify(event)).toString('base64url');
  const jws = `${Buffer.from('{}').toString('base64url')}.${payload}.${'A'.repeat(86)}`;
  return encodeEnvelope({ id: hitId, source: '/nodes/bench-node', type: hitType, priority: 2 }, jws);
}

function receiptOf(hitId: string, part: 'hit' | 'plate' = 'hit'): Uint8Array {
  return encodeMessage({
    specversion: '1.0',
    id: uuidV7(begin),
    source: '/centre',
    type: 'eu.hazeldonk.anpr.hit.receipt.v1',
    time: new Date(begin).toISOString(),
    datacontenttype: 'application/json',
    data: { hit: hitId, part, outcome: 'stored' },
  });
}

describe('the ledger of latencies', () => {
  it('takes the way of a hit apart, from the sending of its last frame to its receipt', () => {
    const ledger = new LatencyLedger(1_000);
    ledger.decided({ camera: 'north', lastSeenMs: begin + 1_003, decidedMs: begin + 1_060 });
    ledger.hitAtBroker(signed(id, begin + 1_003, begin + 1_100), begin + 1_130);
    ledger.receipt(receiptOf(id), begin + 1_180);
    expect(ledger.ways(frames, always)).toEqual({
      ways: [{ total: 180, decide: 60, make: 40, send: 30, confirm: 50, inSight: true }],
      unconfirmed: 0,
    });
  });

  it('counts a hit without a receipt; the receipt of its picture is none', () => {
    const ledger = new LatencyLedger(1_000);
    ledger.decided({ camera: 'north', lastSeenMs: begin + 500, decidedMs: begin + 560 });
    ledger.hitAtBroker(signed(id, begin + 500, begin + 600), begin + 620);
    ledger.receipt(receiptOf(id, 'plate'), begin + 700);
    expect(ledger.ways(frames, always)).toEqual({ ways: [], unconfirmed: 1 });
  });

  it('counts a hit that was sent twice once, from its first receipt', () => {
    const ledger = new LatencyLedger(1_000);
    ledger.decided({ camera: 'north', lastSeenMs: begin, decidedMs: begin + 60 });
    for (const late of [100, 10_100]) ledger.hitAtBroker(signed(id, begin, begin + 90), begin + late);
    for (const late of [150, 10_150]) ledger.receipt(receiptOf(id), begin + late);
    expect(ledger.ways(frames, always).ways).toMatchObject([{ total: 150, send: 10 }]);
  });

  it('says of a vehicle that left before its text was sure that it was not decided in sight', () => {
    const ledger = new LatencyLedger(1_000);
    ledger.decided({ camera: 'north', lastSeenMs: begin, decidedMs: begin + 1_080 });
    ledger.hitAtBroker(signed(id, begin, begin + 1_100), begin + 1_120);
    ledger.receipt(receiptOf(id), begin + 1_150);
    expect(ledger.ways(frames, always).ways).toMatchObject([{ total: 1_150, inSight: false }]);
  });

  it('leaves out what was filmed before or after the time measured, and swallows what is no hit', () => {
    const ledger = new LatencyLedger(1_000);
    ledger.decided({ camera: 'north', lastSeenMs: begin, decidedMs: begin + 60 });
    ledger.hitAtBroker(signed(id, begin, begin + 90), begin + 100);
    ledger.hitAtBroker(Buffer.from('no hit'), begin + 100);
    ledger.receipt(Buffer.from('no receipt'), begin + 100);
    expect(ledger.ways(frames, { fromMs: begin + 50, toMs: begin + 60_000 })).toEqual({ ways: [], unconfirmed: 0 });
  });
});
