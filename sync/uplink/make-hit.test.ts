import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uuidV7 } from '../../config/foundation/uuid-v7.ts';
import { encodeMessage, parseMessage } from './cloud-event.ts';
import { hitSchema, maxHitBytes, maxReceiptBytes, receiptSchema } from './hit.ts';
import { makeHit, sha256 } from './make-hit.ts';
import { sampleHit, sampleMatch, samplePassage, samplePicture } from './sample-hit.test-data.ts';

describe('a hit on the wire', () => {
  it('is a CloudEvent that says what was read, what is listed, and what is asked', () => {
    const hit = sampleHit({ evidence: { plate: samplePicture(10) } });
    expect(parseMessage(hitSchema, encodeMessage(hit), maxHitBytes)).toEqual(hit);
    expect(hit).toMatchObject({
      specversion: '1.0',
      type: 'eu.hazeldonk.anpr.hit.v1',
      source: '/nodes/gantry-7',
      time: '2026-05-01T12:00:02.000Z',
      data: {
        site: 'hazeldonk-a16',
        grade: 'confirmed',
        observation: { camera: 'north-1', lane: 'left', lastSeen: '2026-05-01T12:00:01.480Z' },
        plate: {
          listed: '1ABC234',
          read: { text: '1ABC234', probability: 0.991235 },
          country: 'B',
          countryProbability: 0.97,
        },
        list: { authority: 'be-fedpol', id: 'stolen', generation: 2, version: 41, ageSeconds: 184 },
        entry: { purpose: 'stolen vehicles', action: 'stop', priority: 2, answerBy: null },
        evidence: { plate: sha256(samplePicture(10)), scene: null },
      },
    });
  });

  it('is the same for the same input', () => {
    const id = uuidV7(0);
    expect(sampleHit({ id })).toEqual(sampleHit({ id }));
  });

  it('keeps probabilities within 0 and 1 whatever arithmetic made of them', () => {
    const match = { ...sampleMatch, probability: 1.0000000001, runnerUp: null };
    const hit = makeHit({ ...samplePassage, countries: [] }, match, {
      id: uuidV7(1),
      nowMs: 1,
      node: { id: 'n', site: 's' },
      clock: { synchronised: false, source: 'none', estimatedErrorMs: null },
      evidence: {},
    });
    expect(hitSchema.parse(hit).data.plate).toMatchObject({ matchProbability: 1, country: null, runnerUp: null });
  });

  it('arrives whatever its list says, and whatever else was read', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(text, text, text, fc.stringMatching(/^[A-Z0-9]{1,40}$/), (reference, purpose, legalBasis, other) => {
        const match = {
          ...sampleMatch,
          runnerUp: { text: other, probability: 0.01 },
          list: { ...sampleMatch.list, purpose, legalBasis },
          entry: { ...sampleMatch.entry, reference },
        };
        const hit = makeHit(samplePassage, match, {
          id: uuidV7(0),
          nowMs: 0,
          node: { id: 'gantry-7', site: 'hazeldonk-a16' },
          clock: { synchronised: true, source: 'ntp', estimatedErrorMs: 1 },
          evidence: {},
        });
        expect(parseMessage(hitSchema, encodeMessage(hit), maxHitBytes)).toEqual(hit);
      }),
    );
  });

  it('has an id that sorts by time and carries it', () => {
    const ids = [1, 2 ** 40, 2 ** 48 - 1].map(uuidV7);
    expect([...ids].sort()).toEqual(ids);
    expect(ids[1]).toMatch(/^01000000-0000-7/);
  });
});

describe('the border of the wire', () => {
  it('accepts nothing that is not exactly a hit or a receipt, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.json().map(Buffer.from)), (bytes) => {
        expect(parseMessage(hitSchema, bytes, maxHitBytes)).toBeNull();
        expect(parseMessage(receiptSchema, bytes, maxReceiptBytes)).toBeNull();
      }),
    );
  });

  it.each([
    ['a plate with an escape sequence', { plate: { ...sampleHit().data.plate, listed: '\u001b[2J' } }],
    ['a node whose name climbs out of a topic', { node: '../x' }],
    ['a purpose that reverses the text direction', { entry: { ...sampleHit().data.entry, purpose: 'a\u202eb' } }],
    ['a priority of 0', { entry: { ...sampleHit().data.entry, priority: 0 } }],
    ['a probability above 1', { plate: { ...sampleHit().data.plate, matchProbability: 1.5 } }],
    ['a hash that is none', { evidence: { plate: 'abc', scene: null } }],
  ])('refuses %s', (_, change) => {
    const hit = sampleHit();
    expect(
      parseMessage(hitSchema, encodeMessage({ ...hit, data: { ...hit.data, ...change } }), maxHitBytes),
    ).toBeNull();
  });

  it('does not even parse what is too large', () => {
    const padded = { ...sampleHit(), padding: 'x'.repeat(maxHitBytes) };
    expect(parseMessage(hitSchema, encodeMessage(padded), maxHitBytes)).toBeNull();
  });

  it('lets a newer node say more than this centre knows', () => {
    const hit = sampleHit();
    expect(parseMessage(hitSchema, encodeMessage({ ...hit, traceparent: '00-ab' }), maxHitBytes)).toEqual(hit);
  });
});
