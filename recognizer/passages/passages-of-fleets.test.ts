import { describe, expect, it } from 'vitest';
import { coming, drive, type Vehicle } from './road.test-data.ts';

describe('passages of numbers that are alike', () => {
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
});
