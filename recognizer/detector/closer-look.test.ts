import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Corners, Point } from '../plate.ts';
import { CLOSER_HEIGHT_PX, CLOSER_WIDTH_PX, levelWindow, straightWindow } from './closer-look.ts';

/** Plates 60 to 600 px wide, turned up to 57 degrees, the right side up to a third shorter than the left. */
const plates = fc
  .record({
    x: fc.double({ min: 0, max: 2000, noNaN: true }),
    y: fc.double({ min: 0, max: 1000, noNaN: true }),
    width: fc.double({ min: 60, max: 600, noNaN: true }),
    angle: fc.double({ min: -1, max: 1, noNaN: true }),
    taper: fc.double({ min: 0, max: 0.33, noNaN: true }),
  })
  .map(({ x, y, width, angle, taper }): Corners => {
    const at = (u: number, v: number): Point => [
      x + width * (u * Math.cos(angle) - v * Math.sin(angle)),
      y + width * (u * Math.sin(angle) + v * Math.cos(angle)),
    ];
    return [at(0, 0), at(1, 0.11 * taper), at(1, 0.22 - 0.11 * taper), at(0, 0.22)];
  });

describe.each([
  ['a level window', levelWindow],
  ['a straight window', straightWindow],
])('%s', (_, windowOf) => {
  it('knows where the plate is in it', () => {
    fc.assert(
      fc.property(plates, (plate) => {
        const { expected, toSource } = windowOf(plate);
        for (const [at, corner] of expected.entries()) {
          const [x, y] = toSource(corner);
          expect(x).toBeCloseTo(plate[at]?.[0] ?? Number.NaN, 4);
          expect(y).toBeCloseTo(plate[at]?.[1] ?? Number.NaN, 4);
        }
      }),
    );
  });

  it('has the plate in its middle, level and half as wide as itself', () => {
    fc.assert(
      fc.property(plates, (plate) => {
        const [a, b, c, d] = windowOf(plate).expected;
        expect((a[0] + b[0] + c[0] + d[0]) / 4).toBeCloseTo(CLOSER_WIDTH_PX / 2, 0);
        expect((a[1] + b[1] + c[1] + d[1]) / 4).toBeCloseTo(CLOSER_HEIGHT_PX / 2, 0);
        expect(b[1] + c[1]).toBeCloseTo(a[1] + d[1], 4);
        expect(Math.abs((b[0] + c[0] - a[0] - d[0]) / 2 - CLOSER_WIDTH_PX / 2)).toBeLessThan(2);
      }),
    );
  });
});

it('shows the plate of a straight window as a rectangle', () => {
  fc.assert(
    fc.property(plates, (plate) => {
      const [a, b, c, d] = straightWindow(plate).expected;
      expect([a[1], b[0], c[1], d[0]]).toEqual([b[1], c[0], d[1], a[0]]);
    }),
  );
});

it('shows a plate that slopes because it is seen from the side as a rectangle, not as leaning over', () => {
  const upright = fc.record({
    slope: fc.double({ min: 0.25, max: 1, noNaN: true }),
    falls: fc.boolean(),
    width: fc.double({ min: 60, max: 600, noNaN: true }),
  });
  fc.assert(
    fc.property(upright, ({ slope, falls, width }) => {
      const drop = width * slope * (falls ? 1 : -1);
      const plate: Corners = [
        [900, 700],
        [900 + width, 700 + drop],
        [900 + width, 700 + drop + width * 0.3],
        [900, 700 + width * 0.3],
      ];
      const [a, b, c, d] = levelWindow(plate).expected;
      expect(a[0]).toBeCloseTo(d[0], 4);
      expect(b[0]).toBeCloseTo(c[0], 4);
      expect(a[1]).toBeCloseTo(b[1], 4);
    }),
  );
});
