import { describe, expect, it } from 'vitest';
import type { Corners } from '../plate.ts';
import { PlateReads } from './plate-reads.ts';
import { Repeats } from './repeats.ts';
import { sightingOf, Track } from './track.ts';

const options = { spellings: 8, spellingFloor: 1e-6, maxReads: 8, decideAbove: 0.999, minPlateProbability: 0.5 };
const spellings = [{ text: '1ABC234', probability: 0.98 }];

/** A plate seen from `fromMs` for a second: where it was, or driving 400 pixels on. */
function seen(fromMs: number, moves: boolean): Track {
  const at = (timeMs: number, y: number) => {
    const corners: Corners = [
      [300, y],
      [400, y],
      [400, y + 20],
      [300, y + 20],
    ];
    return sightingOf({ corners, score: 1, readability: 1, timeMs });
  };
  const track = new Track('id', at(fromMs, 100), new PlateReads(options));
  track.see(at(fromMs + 1_000, moves ? 500 : 100));
  return track;
}

describe('what was reported', () => {
  it('is known again for five seconds when it moves, and for fifty at the place where it stood', () => {
    for (const [moves, awayMs, known] of [
      [true, 4_000, true],
      [true, 6_000, false],
      [false, 45_000, true],
      [false, 55_000, false],
    ] as const) {
      const repeats = new Repeats();
      repeats.seenBefore(seen(0, moves), spellings);
      expect({ moves, awayMs, known: repeats.seenBefore(seen(1_000 + awayMs, moves), spellings) }).toEqual({
        moves,
        awayMs,
        known,
      });
    }
  });

  it('is not taken for the next number of one fleet that comes seconds later', () => {
    const between = (text: string, other: string) => [
      { text, probability: 0.981 },
      { text: other, probability: 0.019 },
    ];
    const repeats = new Repeats();
    expect(repeats.seenBefore(seen(0, true), between('1ABC234', '1ABC235'))).toBe(false);
    expect(repeats.seenBefore(seen(3_000, true), between('1ABC235', '1ABC234'))).toBe(false);
    expect(repeats.seenBefore(seen(4_500, true), between('1ABC234', '1ABC235'))).toBe(true);
  });

  it('is known again by a doubtful look, and where a letter was read for a digit like it', () => {
    const doubtful = [
      { text: '1A8C234', probability: 0.45 },
      { text: '1ABC234', probability: 0.4 },
    ];
    const alike = [
      { text: '1OBC234', probability: 0.6 },
      { text: '10BC234', probability: 0.4 },
    ];
    for (const [first, second] of [
      [spellings, doubtful],
      [alike, [...alike].reverse().map(({ text }, at) => ({ text, probability: at === 0 ? 0.6 : 0.4 }))],
    ] as const) {
      const repeats = new Repeats();
      repeats.seenBefore(seen(0, true), first);
      expect(repeats.seenBefore(seen(3_000, true), second)).toBe(true);
    }
  });

  it('is forgotten when the clock is set back, and not kept until it catches up', () => {
    const repeats = new Repeats();
    repeats.seenBefore(seen(3_600_000, false), spellings);
    repeats.forget(0);
    expect(repeats.size).toBe(0);
  });

  it('is forgotten then, although nobody else comes', () => {
    for (const [moves, forgottenMs] of [
      [true, 7_000],
      [false, 52_000],
    ] as const) {
      const repeats = new Repeats();
      repeats.seenBefore(seen(0, moves), spellings);
      repeats.forget(forgottenMs - 2_000);
      expect(repeats.size).toBe(1);
      repeats.forget(forgottenMs);
      expect(repeats.size).toBe(0);
    }
  });
});
