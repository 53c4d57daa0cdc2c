import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeldHits, inSendingOrder, type WaitingHit } from './held-hits.ts';

const hit = (id: string, more: Partial<WaitingHit> = {}): WaitingHit => ({
  id,
  urgency: 5,
  timeMs: 0,
  discreet: false,
  body: Buffer.alloc(100),
  ...more,
});

describe('hits that are held in memory', () => {
  it('are given by urgency, then age', () => {
    const held = new HeldHits();
    for (const one of [hit('a', { timeMs: 2 }), hit('b', { timeMs: 1 }), hit('c', { urgency: 1, timeMs: 9 })])
      held.add(one);
    expect(held.all.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
    expect(held.first((id) => id !== 'c')?.id).toBe('b');
  });

  it('never take more room than they may, in number or in bytes', () => {
    const held = new HeldHits({ hits: 3, bytes: 250 });
    held.add(hit('a'));
    held.add(hit('b'));
    expect(held.hasRoomFor(hit('c'))).toBe(false);
    expect(held.hasRoomFor(hit('c', { body: Buffer.alloc(50) }))).toBe(true);
    held.take('a');
    expect(held.hasRoomFor(hit('c'))).toBe(true);
  });

  it('give way to what is as urgent or more: the least urgent first, of those the oldest', () => {
    const made = fc.record({ urgency: fc.integer({ min: 1, max: 9 }), timeMs: fc.integer({ min: 0, max: 99 }) });
    fc.assert(
      fc.property(fc.array(made, { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 9 }), (those, urgency) => {
        const held = new HeldHits();
        const hits = those.map((one, index) => hit(String(index).padStart(2, '0'), one));
        for (const one of hits) held.add(one);
        const gone = held.giveUpFor(hit('new', { urgency }));
        const least = Math.max(...hits.map((one) => one.urgency));
        if (least < urgency) {
          expect(gone).toBeNull();
          return;
        }
        const oldest = hits.filter((one) => one.urgency === least).sort(inSendingOrder)[0];
        expect(gone).toBe(oldest);
        expect(held.all).toHaveLength(hits.length - 1);
      }),
    );
  });

  it('tells a person at the node nothing of those that ask for a discreet check', () => {
    const held = new HeldHits();
    held.add(hit('open'));
    held.add(hit('secret', { discreet: true }));
    expect(held.open.map(({ id }) => id)).toEqual(['open']);
  });
});
