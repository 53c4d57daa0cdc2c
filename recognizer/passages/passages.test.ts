import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Luma } from '../luma.ts';
import type { Corners, PlateRead, Spelling } from '../plate.ts';
import { type FoundPlate, Passages, type TimedPicture } from './passages.ts';
import { coming, cornersAt, drive, emptyPictures, OPTIONS, STRIPES, sure, type Vehicle } from './road.test-data.ts';

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

  it('report a trailer with the plate of its car once, and a car parked in view once', async () => {
    const car = coming('1ABC234', 600, 0, 1500);
    const trailer = coming('1ABC234', 600, 300, 1500);
    expect((await drive([car, trailer])).texts).toEqual(['1ABC234']);
    const parked: Vehicle = { text: 'PP555P', at: () => ({ x: 200, y: 600, widthPx: 90 }) };
    const { texts } = await drive([parked], { ms: 30_000, fps: 5, misses: (frame) => frame % 40 > 3 });
    expect(texts).toEqual(['PP555P']);
  });

  it('report neighbouring numbers of one fleet as two vehicles', async () => {
    const { texts } = await drive([coming('1ABC234', 300, 0, 1500), coming('1ABC235', 300, 500, 1500)]);
    expect(texts.sort()).toEqual(['1ABC234', '1ABC235']);
  });

  it('report a fleet of two whose numbers were each read a little for the other, whichever of them is found first', async () => {
    const mostly = (text: string, other: string) => () => [
      { text, probability: 0.95 },
      { text: other, probability: 0.045 },
    ];
    const first = coming('1ABC234', 300, 0, 1500, { read: mostly('1ABC234', '1ABC235') });
    const second = coming('1ABC235', 720, 400, 1500, { read: mostly('1ABC235', '1ABC234') });
    for (const vehicles of [
      [first, second],
      [second, first],
    ])
      expect((await drive(vehicles)).texts.sort()).toEqual(['1ABC234', '1ABC235']);
  });

  it('report the next number of a fleet when the first has just left, or is missed for a moment', async () => {
    const mostly = (text: string, other: string) => () => [
      { text, probability: 0.95 },
      { text: other, probability: 0.045 },
    ];
    const first = coming('1ABC234', 300, 0, 1500, { read: mostly('1ABC234', '1ABC235') });
    const behind = (fromMs: number) => coming('1ABC235', 720, fromMs, 1500, { read: mostly('1ABC235', '1ABC234') });
    expect((await drive([first, behind(1700)])).texts.sort()).toEqual(['1ABC234', '1ABC235']);
    const missed = { ...first, at: (ms: number) => (ms > 390 && ms < 480 ? null : first.at(ms)) };
    expect((await drive([missed, behind(400)])).texts.sort()).toEqual(['1ABC234', '1ABC235']);
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

  it('report a vehicle that stands in the picture without waiting for it to leave', async () => {
    const jam: Vehicle = {
      text: 'JJ111J',
      at: () => ({ x: 600, y: 400, widthPx: 100 }),
      read: () => [{ text: 'JJ111J', probability: 0.7 }],
    };
    const { reported } = await drive([jam], { ms: 15_000, fps: 5 });
    expect(reported).toHaveLength(1);
    expect(reported[0]!.atMs).toBeLessThan(11_000);
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

  it('forget what they reported when the clock steps back, in a still picture too', async () => {
    for (const step of ['add', 'still'] as const) {
      const { passages, picture, found } = standing();
      expect(await reportedBy(passages, [picture(100_000), picture(100_040)], found)).toEqual(['S1']);
      if (step === 'still') expect(await passages.still(60_000)).toEqual([]);
      expect(await reportedBy(passages, [picture(60_040), picture(60_080)], found)).toEqual(['S1']);
    }
  });

  it('report nobody twice who is in the picture when the clock steps back a little', async () => {
    const { passages, picture, found } = standing();
    expect(await reportedBy(passages, [picture(100_000), picture(100_040)], found)).toEqual(['S1']);
    expect(await reportedBy(passages, [picture(99_740), picture(99_780)], found)).toEqual([]);
  });

  it('go by the time of the frames where a replay runs ahead of the clock, and by the clock once no frames come', async () => {
    for (const [sinceMs, again] of [
      [1_000, []],
      [51_000, ['S1']],
      [-3_600_000, ['S1']],
    ] as const) {
      const { passages, picture, found } = standing({ now: () => 3_600_000 });
      expect(await reportedBy(passages, [picture(7_200_000), picture(7_200_040)], found)).toEqual(['S1']);
      expect(await passages.close()).toEqual([]);
      passages.sweep(3_600_000 + sinceMs);
      expect(await reportedBy(passages, [picture(7_203_000), picture(7_203_040)], found)).toEqual(again);
    }
  });

  it('keep no frame once nobody is followed, and tell the reader to keep none', async () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const { passages, picture, found, forgotten } = standing();
    await passages.add(picture(10_000), found);
    await passages.still(10_500);
    expect(forgotten()).toBe(0);
    await passages.close();
    expect(forgotten()).toBe(1);
    const lumaOf = async (timeMs: number) => {
      const luma = { ...STRIPES };
      await passages.add({ ...picture(timeMs), luma }, []);
      return new WeakRef(luma);
    };
    const luma = await lumaOf(12_000);
    await passages.still(12_040);
    expect(forgotten()).toBe(2);
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    expect(luma.deref()).toBeUndefined();
  });

  it('follow a still picture without looking at it, and close when the clock steps back', async () => {
    const { passages, picture, found } = standing({ decideAbove: 1 });
    expect(await passages.add(picture(10_000), found)).toEqual([]);
    expect(await passages.still(15_000)).toEqual([]);
    expect(await passages.add(picture(16_000), found)).toEqual([]);
    expect(await passages.add(picture(3000), [])).toMatchObject([
      { framesSeen: 2, firstSeenMs: 10_000, lastSeenMs: 16_000 },
    ]);
    expect(await passages.close()).toEqual([]);
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

/** A plate that stands in the picture, and a reader that is sure of it. */
function standing({ decideAbove = 0.9, now }: { readonly decideAbove?: number; readonly now?: () => number } = {}) {
  let forgotten = 0;
  const reader = {
    readQuads: async (_: Luma, quads: readonly FoundPlate[]) =>
      quads.map(({ corners }) => ({
        corners,
        plateProbability: 1,
        rows: 1 as const,
        spellings: sure('S1'),
        countries: [],
        seen: { spellings: sure('S1'), countries: [] },
      })),
    readAgain,
    forgetPictures: () => {
      forgotten++;
    },
  };
  return {
    passages: new Passages({ ...OPTIONS, decideAbove }, reader, emptyPictures(), now),
    picture: (timeMs: number): TimedPicture => ({ luma: STRIPES, timeMs, toJpeg: async () => new Uint8Array(1) }),
    found: [{ corners: cornersAt({ x: 300, y: 300, widthPx: 100 }), score: 1 }],
    forgotten: () => forgotten,
  };
}

async function reportedBy(passages: Passages, pictures: readonly TimedPicture[], found: readonly FoundPlate[]) {
  const texts: (string | undefined)[] = [];
  for (const picture of pictures)
    for (const { spellings } of await passages.add(picture, found)) texts.push(spellings[0]?.text);
  return texts;
}
