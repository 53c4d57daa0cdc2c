import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Corners, Point } from '../plate.ts';
import { CLOSER_HEIGHT_PX, CLOSER_WIDTH_PX, closerWindow } from './closer-look.ts';

const plates = fc
  .record({
    x: fc.double({ min: 0, max: 2000, noNaN: true }),
    y: fc.double({ min: 0, max: 1000, noNaN: true }),
    width: fc.double({ min: 60, max: 600, noNaN: true }),
    angle: fc.double({ min: -1, max: 1, noNaN: true }),
  })
  .map(({ x, y, width, angle }): Corners => {
    const at = (u: number, v: number): Point => [
      x + width * (u * Math.cos(angle) - v * Math.sin(angle)),
      y + width * (u * Math.sin(angle) + v * Math.cos(angle)),
    ];
    return [at(0, 0), at(1, 0), at(1, 0.22), at(0, 0.22)];
  });

it('shows every plate upright, in the middle, in one size', () => {
  fc.assert(
    fc.property(plates, (plate) => {
      const window = closerWindow(plate);
      const [a, b, c, d] = plate.map(window.fromSource) as [Point, Point, Point, Point];
      expect(a[1]).toBeCloseTo(b[1], 6);
      expect(b[0] - a[0]).toBeCloseTo(96, 6);
      expect((a[0] + c[0]) / 2).toBeCloseTo(CLOSER_WIDTH_PX / 2, 6);
      expect((b[1] + d[1]) / 2).toBeCloseTo(CLOSER_HEIGHT_PX / 2, 6);
    }),
  );
});

it('goes to the source and back', () => {
  fc.assert(
    fc.property(plates, fc.double({ min: 0, max: 192, noNaN: true }), (plate, x) => {
      const window = closerWindow(plate);
      const [backX, backY] = window.fromSource(window.toSource([x, 17]));
      expect(backX).toBeCloseTo(x, 6);
      expect(backY).toBeCloseTo(17, 6);
    }),
  );
});
