import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Luma } from '../luma.ts';
import type { PlateRead, Spelling } from '../plate.ts';
import { Passages } from './passages.ts';
import { coming, drive, emptyPictures, OPTIONS, STRIPES, type Vehicle } from './road.test-data.ts';

const readAgain = async (_: Luma, read: PlateRead) => read;

describe('passages', () => {
  it('report one vehicle once, early, with what was seen of it', async () => {
    const { reported, quadsRead } = await drive([coming('1ABC234', 600, 0, 2000)], {
      options: {
        lanes: [
          {
            name: 'left',
            polygon: [
              [400, 0],
              [800, 0],
              [800, 720],
              [400, 720],
            ],
          },
        ],
      },
    });
    expect(reported).toHaveLength(1);
    const [passage] = reported;
    expect(passage).toMatchObject({
      camera: 'north',
      lane: 'left',
      spellings: [{ text: '1ABC234' }],
      countries: [{ country: 'NL' }],
    });
    expect(passage!.atMs).toBeLessThan(1000);
    expect(passage!.firstSeenMs).toBe(1_700_000_000_000);
    expect(quadsRead).toBeLessThanOrEqual(8);
  });

  it('tell the direction when the vehicle is reported as it leaves', async () => {
    const { reported } = await drive([coming('1ABC234', 600, 0, 2000)], { options: { decideAbove: 1 } });
    expect(reported).toMatchObject([{ direction: 'approaching', framesSeen: 51 }]);
    expect(reported[0]!.framesRead).toBeLessThanOrEqual(8);
    const away: Vehicle = { text: 'X', at: (ms) => coming('', 600, 0, 2000).at(2000 - ms) };
    expect((await drive([away], { options: { decideAbove: 1 } })).reported).toMatchObject([{ direction: 'receding' }]);
  });

  it.each([25, 12, 5, 3])(
    'keep vehicles apart on neighbouring lanes and behind each other at %i frames a second',
    async (fps) => {
      const vehicles = [
        coming('1AAA111', 300, 0, 1400),
        coming('2BBB222', 760, 100, 1200),
        coming('3CCC333', 300, 900, 1400),
        coming('4DDD444', 760, 800, 1200),
        coming('5EEE555', 300, 1800, 1400),
      ];
      const { texts } = await drive(vehicles, { fps });
      expect(texts.sort()).toEqual(['1AAA111', '2BBB222', '3CCC333', '4DDD444', '5EEE555']);
    },
  );

  it('keep vehicles apart that follow each other exactly where the one before was expected', async () => {
    const stepMs = 500;
    const at = (first: number) => (ms: number) => {
      const place = Math.round(ms / stepMs) - first;
      return place === 0 || place === 1 ? { x: 600, y: 200 + 150 * place, widthPx: 100 } : null;
    };
    const vehicles = ['AA111A', 'BB222B', 'CC333C', 'DD444D'].map((text, n) => ({ text, at: at(n * 2) }));
    const { texts } = await drive(vehicles, { fps: 2 });
    expect(texts.sort()).toEqual(['AA111A', 'BB222B', 'CC333C', 'DD444D']);
  });

  it('survive missed frames and a vehicle hidden for a while', async () => {
    const often = await drive([coming('1ABC234', 600, 0, 2000)], { misses: (frame) => frame % 3 !== 0 });
    expect(often.texts).toEqual(['1ABC234']);
    const hidden = await drive([coming('1ABC234', 600, 0, 2000)], { misses: (frame) => frame > 8 && frame < 28 });
    expect(hidden.texts).toEqual(['1ABC234']);
    const long = await drive([coming('1ABC234', 600, 0, 3500)], { misses: (frame) => frame > 10 && frame < 60 });
    expect(long.texts).toEqual(['1ABC234']);
  });

  it('make one sure passage of doubtful reads, and wait for the vehicle to leave before they report it', async () => {
    const others = ['1A8C234', '1ABG234', '7ABC234', '1ABC23A'];
    const doubtful = (ms: number): Spelling[] => [
      { text: '1ABC234', probability: 0.5 },
      { text: others[Math.floor(ms / 200) % 4]!, probability: 0.3 },
    ];
    const { reported } = await drive([coming('1ABC234', 600, 0, 2000, { read: doubtful })], {
      options: { decideAbove: 0.9999 },
    });
    expect(reported).toHaveLength(1);
    expect(reported[0]!.spellings[0]?.text).toBe('1ABC234');
    expect(reported[0]!.spellings[0]?.probability).toBeGreaterThan(0.98);
  });

  it('report a vehicle that was never sure within two frames of its driving out of the picture, once', async () => {
    const leaving: Vehicle = {
      text: '1ABC234',
      at: (ms) => (ms > 1000 ? null : { x: 600, y: 60 + 0.62 * ms, widthPx: 120 }),
    };
    const { reported } = await drive([leaving], { options: { decideAbove: 1 } });
    expect(reported).toMatchObject([{ framesSeen: 26 }]);
    expect(reported[0]!.atMs).toBeLessThanOrEqual(1080);
  });

  it('wait for a vehicle that is lost from sight in the middle of the picture', async () => {
    const hidden: Vehicle = {
      text: '1ABC234',
      at: (ms) => (ms > 500 ? null : { x: 600, y: 60 + 0.1 * ms, widthPx: 120 }),
    };
    const { reported } = await drive([hidden], { options: { decideAbove: 1 } });
    expect(reported[0]!.atMs).toBeGreaterThan(1400);
  });

  it('do not decide early on a single sure read', async () => {
    const { reported } = await drive([coming('1ABC234', 600, 0, 20)], { options: { decideAbove: 0.9 } });
    expect(reported).toMatchObject([{ framesRead: 1 }]);
    expect(reported[0]!.atMs).toBeGreaterThan(900);
  });

  it('report nothing for lettering that the reader calls no plate, or that cannot be read', async () => {
    const lettering = coming('SCHENKER', 600, 0, 2000, { plateProbability: 0.1 });
    const blank = coming('', 300, 0, 2000, { read: () => [] });
    const { reported, evidence, quadsRead } = await drive([lettering, blank]);
    expect(reported).toEqual([]);
    expect(quadsRead).toBeLessThanOrEqual(16);
    expect(evidence.size).toBe(0);
  });

  it('ignore plates outside the region of interest', async () => {
    const regionOfInterest = [
      [0, 0],
      [500, 0],
      [500, 720],
      [0, 720],
    ] as const;
    const { texts } = await drive([coming('IN111I', 200, 0, 1500), coming('OUT222', 900, 0, 1500)], {
      options: { regionOfInterest },
    });
    expect(texts).toEqual(['IN111I']);
  });

  it('keep the evidence of what they report, and of nothing else afterwards', async () => {
    const { reported, evidence } = await drive([
      coming('1ABC234', 300, 0, 1500),
      coming('NOPE', 800, 0, 1500, { plateProbability: 0.2 }),
    ]);
    expect(evidence.size).toBe(1);
    expect(await evidence.evidence(reported[0]!.id)).not.toBeNull();
  });

  it('report every vehicle once whatever the traffic, the frame rate and the frames missed', async () => {
    const traffic = fc.array(
      fc.record({
        lane: fc.integer({ min: 0, max: 2 }),
        gapMs: fc.integer({ min: 900, max: 2500 }),
        tripMs: fc.integer({ min: 700, max: 1600 }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(
        traffic,
        fc.constantFrom(25, 12, 6),
        fc.integer({ min: 3, max: 9 }),
        async (cars, fps, missEvery) => {
          const laneFreeMs = [0, 0, 0];
          const vehicles = cars.map(({ lane, gapMs, tripMs }, n) => {
            const fromMs = laneFreeMs[lane]!;
            laneFreeMs[lane] = fromMs + gapMs;
            return coming(`${n}${'ABCDEF'[n]!.repeat(4)}${n}`, 200 + lane * 420, fromMs, Math.max(tripMs, 700));
          });
          const { texts } = await drive(vehicles, { fps, ms: 18_000, misses: (frame) => frame % missEvery === 0 });
          expect(texts.sort()).toEqual(vehicles.map(({ text }) => text).sort());
        },
      ),
      { numRuns: 60 },
    );
  });

  it('swallow hostile corners and floods without harm', async () => {
    const evidence = emptyPictures();
    const reader = { readQuads: async () => [], readAgain };
    const passages = new Passages(OPTIONS, reader, evidence);
    const anyNumber = fc.oneof(fc.double(), fc.integer({ min: -5000, max: 5000 }));
    const corner = fc.tuple(anyNumber, anyNumber);
    const plates = fc.array(fc.record({ corners: fc.tuple(corner, corner, corner, corner), score: fc.double() }), {
      maxLength: 60,
    });
    let timeMs = 0;
    await fc.assert(
      fc.asyncProperty(plates, async (found) => {
        timeMs += 40;
        expect(await passages.add({ luma: STRIPES, timeMs, toJpeg: async () => new Uint8Array(0) }, found)).toEqual([]);
      }),
    );
    expect(await passages.close()).toEqual([]);
  });
});
