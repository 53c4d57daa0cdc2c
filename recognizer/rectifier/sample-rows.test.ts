import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Luma } from '../luma.ts';
import type { Corners } from '../plate.ts';
import { type Perspective, squareToQuad } from './perspective.ts';
import { quadSize } from './rectify.ts';
import { addRow, isWithin, placesFit, type SampleRow, writeInnerRow } from './sample-rows.ts';

/** Smooth enough that a tenth of a pixel is less than a level. */
function pictureOf(widthPx: number, heightPx: number): Luma {
  const strideBytes = widthPx + 5;
  const data = new Uint8Array(strideBytes * heightPx);
  for (let y = 0; y < heightPx; y++)
    for (let x = 0; x < widthPx; x++) data[y * strideBytes + x] = 128 + 60 * Math.sin(x / 9) + 60 * Math.cos(y / 8);
  return { data, widthPx, heightPx, strideBytes };
}

/** Pixels of a row that take one sample each lie no further apart in the picture. */
const FURTHEST_PX = 1.5;

function rowOf(quad: Corners, widthPx: number, v: number): SampleRow {
  const stepU = Math.min(1 / widthPx, FURTHEST_PX / quadSize(quad).widthPx);
  return { v, firstU: stepU / 2, stepU, across: 1, widthPx };
}

const picture = pictureOf(260, 140);

/** One sample of a row, in fractions of which none is lost: places in 65,536ths of a pixel, weights in 1,024ths. */
function sampleAt({ data, strideBytes }: Luma, map: Perspective, row: SampleRow, at: number): number {
  const last = row.widthPx - 1;
  const before = Math.min(last, at - (at % 8));
  const next = Math.min(last, before + 8);
  const placed = (sample: number) => {
    const u = row.firstU + sample * row.stepU;
    const scale = 65536 / (map.g * u + (map.h * row.v + 1));
    const x = (map.a * u + (map.b * row.v + map.c)) * scale;
    const y = (map.d * u + (map.e * row.v + map.f)) * scale;
    return [Math.trunc(x), Math.trunc(y)] as const;
  };
  // The last one stands where it is placed, even where it would be within a span.
  const [x, y] =
    at === last
      ? placed(last)
      : ([0, 1] as const).map((axis) => {
          const from = placed(before)[axis];
          return from + (at - before) * Math.trunc((placed(next)[axis] - from) / (next - before));
        });
  const [left, top] = [Math.floor(x! / 65536), Math.floor(y! / 65536)];
  const right = Math.floor(x! / 64) % 1024;
  const down = Math.floor(y! / 64) % 1024;
  const pixel = (dx: number, dy: number) => data[(top + dy) * strideBytes + left + dx]!;
  const above = pixel(0, 0) * (1024 - right) + pixel(1, 0) * right;
  const below = pixel(0, 1) * (1024 - right) + pixel(1, 1) * right;
  return Math.floor((above * (1024 - down) + below * down) / 2 ** 20 + 0.5);
}

/** Convex, leaning either way, one end up to a fifth nearer, turned around or not. */
const quads = fc
  .record({
    left: fc.double({ min: 5, max: 40, noNaN: true }),
    right: fc.double({ min: 150, max: 250, noNaN: true }),
    tops: fc.tuple(fc.double({ min: 10, max: 40, noNaN: true }), fc.double({ min: 10, max: 40, noNaN: true })),
    height: fc.double({ min: 20, max: 60, noNaN: true }),
    nearer: fc.double({ min: 1 / 1.2, max: 1.2, noNaN: true }),
    turned: fc.boolean(),
  })
  .map(({ left, right, tops: [a, b], height, nearer, turned }): Corners => {
    const quad: Corners = [
      [left, a],
      [right, b],
      [right, b + height * nearer],
      [left, a + height],
    ];
    return turned ? [quad[2], quad[3], quad[0], quad[1]] : quad;
  });

describe('a row of one sample to a pixel', () => {
  it('in whole numbers is the row in fractions, to a level', () => {
    const widths = fc.constantFrom(160, 80, 40, 24, 1);
    const asked = fc.record({ quad: quads, widthPx: widths, v: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(asked, ({ quad, widthPx, v }) => {
        const map = squareToQuad(quad);
        const row = rowOf(quad, widthPx, v);
        expect(isWithin(picture, map, row)).toBe(true);
        const sums = new Float32Array(widthPx);
        addRow(picture, map, row, sums);
        const target = new Uint8Array(widthPx + 6).fill(7);
        writeInnerRow(picture, map, row, target, 3);
        expect([...target.subarray(0, 3), ...target.subarray(widthPx + 3)]).toEqual(new Array(6).fill(7));
        for (let at = 0; at < widthPx; at++) expect(Math.abs(target[at + 3]! - sums[at]!)).toBeLessThan(1.2);
      }),
      { numRuns: 300 },
    );
  });

  it('is each of its samples placed and weighed by itself, byte for byte', () => {
    const noise = { ...picture, data: picture.data.map((_, at) => Math.imul(at + 1, 2654435761) >>> 24) };
    const asked = fc.record({
      quad: quads,
      widthPx: fc.integer({ min: 1, max: 170 }),
      v: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(asked, ({ quad, widthPx, v }) => {
        const map = squareToQuad(quad);
        const row = rowOf(quad, widthPx, v);
        const target = new Uint8Array(widthPx + 6).fill(7);
        writeInnerRow(noise, map, row, target, 3);
        const expected = Array.from({ length: widthPx }, (_, at) => sampleAt(noise, map, row, at));
        expect([...target]).toEqual([7, 7, 7, ...expected, 7, 7, 7]);
      }),
      { numRuns: 300 },
    );
  });

  it('reads nothing beyond its last sample, be that at the picture’s very edge', () => {
    const quad: Corners = [
      [0, 0],
      [258.999, 0],
      [258.999, 138.999],
      [0, 138.999],
    ];
    const row = { v: 1, firstU: 0, stepU: 1 / 159, across: 1, widthPx: 160 };
    const map = squareToQuad(quad);
    expect(isWithin(picture, map, row)).toBe(true);
    const target = new Uint8Array(160);
    writeInnerRow(picture, map, row, target, 0);
    expect(Math.abs(target[159]! - picture.data[138 * picture.strideBytes + 258]!)).toBeLessThanOrEqual(16);
    expect(isWithin(picture, map, { ...row, stepU: 1 / 158 })).toBe(false);
  });

  it('is left to fractions in a picture whose places do not fit into 32 bits', () => {
    const luma = { data: new Uint8Array(0), heightPx: 10, strideBytes: 32768 };
    expect([32767, 32768].map((widthPx) => placesFit({ ...luma, widthPx }))).toEqual([true, false]);
  });
});
