import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Luma } from '../luma.ts';
import type { PlateRead } from '../plate.ts';
import { type FoundPlate, Passages, type TimedPicture } from './passages.ts';
import { cornersAt, drive, emptyPictures, OPTIONS, STRIPES, sure, type Vehicle } from './road.test-data.ts';

const readAgain = async (_: Luma, read: PlateRead) => read;

describe('passages of what stands still, and clocks that step', () => {
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
