import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Luma } from '../luma.ts';
import type { Corners, Point } from '../plate.ts';
import { squareToQuad } from './perspective.ts';
import { rectify } from './rectify.ts';

const NONE = { x: 0, y: 0 };

function pictureOf(widthPx: number, heightPx: number, value: (x: number, y: number) => number): Luma {
  const strideBytes = widthPx + 3;
  const data = new Uint8Array(strideBytes * heightPx);
  for (let y = 0; y < heightPx; y++) for (let x = 0; x < widthPx; x++) data[y * strideBytes + x] = value(x, y);
  return { data, widthPx, heightPx, strideBytes };
}

/** A quadrilateral that covers whole pixels: pixel centres are at whole numbers. */
function pixels(x: number, y: number, width: number, height: number): Corners {
  return [
    [x - 0.5, y - 0.5],
    [x + width - 0.5, y - 0.5],
    [x + width - 0.5, y + height - 0.5],
    [x - 0.5, y + height - 0.5],
  ];
}

function rectified(source: Luma, quad: Corners, widthPx: number, heightPx: number, growth = NONE): Uint8Array {
  const data = new Uint8Array(widthPx * heightPx);
  rectify(source, quad, growth, { data, offset: 0, widthPx, heightPx });
  return data;
}

describe('the perspective of a quadrilateral', () => {
  it('meets all four corners and the crossing of the diagonals', () => {
    const coordinate = fc.integer({ min: -3, max: 3 });
    fc.assert(
      fc.property(fc.array(coordinate, { minLength: 8, maxLength: 8 }), (jitter) => {
        const at = (i: number, x: number, y: number): Point => [x + jitter[2 * i]!, y + jitter[2 * i + 1]!];
        const quad: Corners = [at(0, 10, 10), at(1, 50, 10), at(2, 50, 30), at(3, 10, 30)];
        const { a, b, c, d, e, f, g, h } = squareToQuad(quad);
        const map = (u: number, v: number): Point => {
          const w = g * u + h * v + 1;
          return [(a * u + b * v + c) / w, (d * u + e * v + f) / w];
        };
        for (const [i, [u, v]] of [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 1],
        ].entries()) {
          expect(map(u!, v!)[0]).toBeCloseTo(quad[i]![0], 6);
          expect(map(u!, v!)[1]).toBeCloseTo(quad[i]![1], 6);
        }
        const [x, y] = map(0.5, 0.5);
        const side = (p: Point, q: Point) => (q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0]);
        expect(side(quad[0], quad[2])).toBeCloseTo(0, 5);
        expect(side(quad[1], quad[3])).toBeCloseTo(0, 5);
      }),
    );
  });
});

describe('a rectified plate', () => {
  const noise = pictureOf(40, 30, (x, y) => (x * 53 + y * 101) % 256);

  it('is the very pixels when nothing is scaled', () => {
    const crop = rectified(noise, pixels(5, 7, 20, 8), 20, 8);
    for (let y = 0; y < 8; y++) {
      for (let x = 0; x < 20; x++) expect(crop[y * 20 + x]).toBe(noise.data[(y + 7) * noise.strideBytes + x + 5]);
    }
  });

  it('reads from its own top left: upside down is turned around', () => {
    const [a, b, c, d] = pixels(5, 7, 20, 8);
    const turned = rectified(noise, [c, d, a, b], 20, 8);
    expect([...turned].reverse()).toEqual([...rectified(noise, [a, b, c, d], 20, 8)]);
  });

  it('keeps a ramp a ramp, to half a pixel exact, when it is enlarged', () => {
    const ramp = pictureOf(100, 20, (x) => x * 2);
    const crop = rectified(ramp, pixels(20, 5, 40, 8), 160, 32);
    for (let x = 0; x < 160; x++) {
      const sourceX = 20 - 0.5 + (x + 0.5) / 4;
      expect(Math.abs(crop[10 * 160 + x]! - 2 * sourceX)).toBeLessThanOrEqual(0.5);
    }
  });

  it('shows the mean of fine stripes when it is reduced, not stripes of its own', () => {
    const stripes = pictureOf(640, 128, (x) => (x % 2) * 200);
    for (const value of rectified(stripes, pixels(0, 0, 640, 128), 160, 32)) expect(value).toBe(100);
  });

  it('grows by the margin and goes on at the edge of the picture', () => {
    const plate = pictureOf(60, 30, (x, y) => (x >= 10 && x < 50 && y >= 10 && y < 20 ? 200 : 20));
    const crop = rectified(plate, pixels(10, 10, 40, 10), 80, 20, { x: 0.25, y: 0.5 });
    expect(crop[0]).toBe(20);
    expect(crop[10 * 80 + 40]).toBe(200);
    const outside = rectified(plate, pixels(-50, -50, 30, 30), 10, 10);
    expect(new Set(outside)).toEqual(new Set([20]));
  });

  it('is drawn without fault from any four points, even of no area', () => {
    const coordinate = fc.double({ min: -1e5, max: 1e5, noNaN: true });
    const corner = fc.tuple(coordinate, coordinate);
    fc.assert(
      fc.property(corner, corner, corner, corner, (...quad) => {
        expect(rectified(noise, quad, 16, 4).length).toBe(64);
      }),
      { numRuns: 50 },
    );
  });
});
