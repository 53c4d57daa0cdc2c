import { describe, expect, it } from 'vitest';
import type { Spelling } from '../plate.ts';
import { PlateReads } from './plate-reads.ts';
import { cornersAt, OPTIONS, sure } from './road.test-data.ts';
import { type Sighting, sightingOf, Track } from './track.ts';
import { assign } from './tracker.ts';

function at(timeMs: number, x: number): Sighting {
  return sightingOf({ corners: cornersAt({ x, y: 300, widthPx: 100 }), score: 1, readability: 1, timeMs });
}

/** Whether what is seen a second after a plate, so many plate widths away, continues its track. */
async function continues(awayWidths: number, known: readonly Spelling[], text: readonly Spelling[]): Promise<boolean> {
  const track = new Track('id', at(0, 300), new PlateReads(OPTIONS));
  const sighting = at(1_000, 300 + awayWidths * 100);
  const [assignment] = await assign([track], [sighting], {
    ofTrack: () => known,
    ofSightings: async (asked) => new Map(asked.map((one) => [one, text])),
  });
  return assignment?.track === track;
}

describe('after a second in which another vehicle may have come', () => {
  it('a plate continues a track from afar when its text is the same or may be, not when it is another', async () => {
    expect(await continues(5, sure('1ABC234'), sure('1ABC234'))).toBe(true);
    expect(await continues(5, sure('1ABC234'), [{ text: '1A8C2', probability: 0.3 }])).toBe(true);
    expect(await continues(5, sure('1ABC234'), sure('XY98ZW'))).toBe(false);
    expect(await continues(0, sure('1ABC234'), sure('XY98ZW'))).toBe(false);
  });

  it('a plate that cannot be read, or comes where none could be, continues only a track near by', async () => {
    for (const [known, text] of [
      [sure('1ABC234'), []],
      [[], sure('1ABC234')],
      [[], []],
    ] as const) {
      expect(await continues(1, known, text)).toBe(true);
      expect(await continues(3, known, text)).toBe(false);
    }
  });
});
