import { describe, expect, it } from 'vitest';
import type { Corners, PlateRead } from '../plate.ts';
import { coming, drive } from './road.test-data.ts';

describe('passages whose looks are read again', () => {
  it('read every look at a vehicle again before they report it, once, from cut-outs that show the plate', async () => {
    const looks: PlateRead[] = [];
    const { reported } = await drive([coming('1ABC234', 600, 0, 2000)], {
      readAgain: async ({ widthPx, heightPx }, read) => {
        looks.push(read);
        expect(read.corners.every(([x, y]) => x > 0 && y > 0 && x < widthPx && y < heightPx)).toBe(true);
        return read;
      },
    });
    expect(reported).toHaveLength(1);
    expect(looks).toHaveLength(reported[0]!.framesRead);
  });

  it('go on reading when the looks are not so sure once they were read again', async () => {
    const doubted = (read: PlateRead): PlateRead => {
      const spellings = [
        { text: '1ABC234', probability: 0.6 },
        { text: '7ABC234', probability: 0.4 },
      ];
      return { ...read, spellings, seen: { spellings, countries: read.seen.countries } };
    };
    const { reported: trusted } = await drive([coming('1ABC234', 600, 0, 2000)]);
    const { reported } = await drive([coming('1ABC234', 600, 0, 2000)], {
      readAgain: async (_, read) => doubted(read),
    });
    expect(reported).toHaveLength(1);
    expect(reported[0]!.framesRead).toBeGreaterThan(trusted[0]!.framesRead);
    expect(reported[0]!.atMs).toBeGreaterThan(trusted[0]!.atMs);
    expect(reported[0]!.spellings[0]?.probability).toBeLessThan(0.95);
  });

  it('read a look again around the outline that read best, and tell how high the plate was found', async () => {
    const [outlines, cuts]: [Corners[], Corners[]] = [[], []];
    const { reported } = await drive([coming('1ABC234', 600, 0, 1500)], {
      outline: (corners) => {
        const outline = corners.map(([x, y], at) => [x, y + (at < 2 ? 4 : -4)] as const) as unknown as Corners;
        outlines.push(outline);
        return outline;
      },
      readAgain: async (_, read) => {
        cuts.push(read.corners);
        return read;
      },
    });
    const height = (corners: Corners) => corners[3][1] - corners[0][1];
    const all = outlines.map((outline) => height(outline).toFixed(6));
    expect(cuts.length).toBeGreaterThan(0);
    for (const cut of cuts) expect(all).toContain(height(cut).toFixed(6));
    expect(reported[0]!.plateHeightPx).toBeGreaterThan(Math.max(...cuts.map(height)) + 4);
  });
});
