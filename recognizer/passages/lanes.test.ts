import { describe, expect, it } from 'vitest';
import { directionOf, laneOf } from './lanes.ts';
import { inside, placeOf } from './plate-geometry.ts';

const left = {
  name: 'left',
  polygon: [
    [0, 0],
    [100, 0],
    [100, 100],
    [0, 100],
  ],
} as const;
const right = {
  name: 'right',
  polygon: [
    [100, 0],
    [200, 0],
    [200, 100],
    [100, 100],
  ],
} as const;
const at = (x: number, y: number, widthPx = 50) => ({ x, y, widthPx, heightPx: widthPx / 4 });

describe('lanes', () => {
  it('give the lane on which the plate was most often, null outside all of them', () => {
    expect(laneOf([left, right], [at(95, 20), at(105, 40), at(110, 60)])).toBe('right');
    expect(laneOf([left, right], [at(300, 20)])).toBeNull();
    expect(laneOf([], [at(50, 50)])).toBeNull();
  });

  it('may be concave, and a polygon of nothing contains nothing', () => {
    const hook = [
      [0, 0],
      [90, 0],
      [90, 90],
      [60, 90],
      [60, 30],
      [0, 30],
    ] as const;
    expect([inside(hook, 70, 80), inside(hook, 30, 80), inside(hook, 30, 10)]).toEqual([true, false, true]);
    expect(inside([], 0, 0)).toBe(false);
  });
});

describe('direction', () => {
  it('comes from the way down or up the picture, else from growth, and is unknown for a standing plate', () => {
    expect(directionOf([at(50, 10), at(50, 60)])).toBe('approaching');
    expect(directionOf([at(50, 60), at(50, 10)])).toBe('receding');
    expect(directionOf([at(50, 60), at(51, 61, 60)])).toBe('approaching');
    expect(directionOf([at(50, 60, 60), at(51, 61)])).toBe('receding');
    expect(directionOf([at(50, 60), at(51, 61)])).toBe('unknown');
    expect([directionOf([at(50, 60)]), directionOf([])]).toEqual(['unknown', 'unknown']);
  });

  it('is not turned round by a false sighting at the beginning', () => {
    expect(directionOf([at(50, 300, 90), at(50, 100, 50), at(50, 130, 53), at(50, 165, 57)])).toBe('approaching');
  });

  it('never divides by nothing: corners that fall together still have a size', () => {
    const place = placeOf([
      [5, 5],
      [5, 5],
      [5, 5],
      [5, 5],
    ]);
    expect(directionOf([place, place])).toBe('unknown');
  });
});
