import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Luma } from '../luma.ts';
import type { Corners } from '../plate.ts';
import { placeOf } from './plate-geometry.ts';
import { readabilityOf } from './readability.ts';

const WIDTH = 400;
const HEIGHT = 200;

/** Dark strokes on a light ground; `blur` smears them across so many pixels. */
function plate({ ink = 30, ground = 180, blur = 0, flash = 0 } = {}) {
  const stroke = (x: number) => (x % 12 < 5 ? ink : ground);
  const data = new Uint8Array(WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      let sum = 0;
      for (let dx = -blur; dx <= blur; dx++) sum += stroke(x + dx + 24);
      data[y * WIDTH + x] = x < flash ? 255 : sum / (2 * blur + 1);
    }
  }
  return { data, widthPx: WIDTH, heightPx: HEIGHT, strideBytes: WIDTH };
}
const box = (x: number, y: number, w: number, h: number): Corners => [
  [x, y],
  [x + w, y],
  [x + w, y + h],
  [x, y + h],
];
const QUAD = box(100, 80, 120, 28);

describe('readability', () => {
  it('falls with blur, faint ink, glare and distance', () => {
    const sharp = readabilityOf(plate(), QUAD);
    expect(sharp).toBeGreaterThan(0.5);
    expect(readabilityOf(plate({ blur: 4 }), QUAD)).toBeLessThan(sharp * 0.8);
    expect(readabilityOf(plate({ ink: 160 }), QUAD)).toBeLessThan(sharp * 0.7);
    expect(readabilityOf(plate({ flash: 210 }), QUAD)).toBeLessThan(sharp * 0.7);
    expect(readabilityOf(plate(), box(100, 80, 60, 14))).toBeLessThan(sharp * 0.8);
  });

  it('is nothing for a blank surface and for a plate that is cut by the border', () => {
    expect(readabilityOf(plate({ ink: 90, ground: 90 }), QUAD)).toBe(0);
    expect(readabilityOf(plate(), box(-20, 80, 120, 28))).toBe(0);
    expect(readabilityOf(plate(), box(100, 190, 120, 28))).toBe(0);
  });

  it('forgives a corner that errs just over the border', () => {
    expect(readabilityOf(plate(), box(-2, -2, 120, 28))).toBeGreaterThan(0.3);
  });

  it('is what samples and steps tell that are put in order', () => {
    const corner = fc.tuple(fc.double({ min: -12, max: 12, noNaN: true }), fc.double({ min: -4, max: 4, noNaN: true }));
    const asked = fc.record({
      shape: fc.constantFrom<[number, number][]>([0, 0], [60, 40], [-5, 50], [280, 150], [150, 90]),
      shifts: fc.tuple(corner, corner, corner, corner),
      darkest: fc.integer({ min: 0, max: 255 }),
      levels: fc.integer({ min: 1, max: 256 }),
      seed: fc.integer({ min: 1, max: 1 << 30 }),
    });
    fc.assert(
      fc.property(asked, ({ shape: [x, y], shifts, darkest, levels, seed }) => {
        const data = new Uint8Array(WIDTH * HEIGHT).map(
          (_, at) => darkest + ((Math.imul((at >> 2) + seed, 2654435761) >>> 16) % levels),
        );
        const luma = { data, widthPx: WIDTH, heightPx: HEIGHT, strideBytes: WIDTH };
        const corners = box(x, y, 110, 26).map(([cx, cy], i) => [cx + shifts[i]![0], cy + shifts[i]![1]]);
        expect(readabilityOf(luma, corners as unknown as Corners)).toBe(plainly(luma, corners as unknown as Corners));
      }),
      { numRuns: 300 },
    );
  });
});

/** The same by sorting, number by number. */
function plainly({ data, strideBytes, widthPx, heightPx }: Luma, [a, b, c, d]: Corners): number {
  const { heightPx: platePx } = placeOf([a, b, c, d]);
  const beyond = ([x, y]: readonly [number, number]) => Math.max(-x, -y, x - widthPx + 1, y - heightPx + 1);
  if (Math.max(...[a, b, c, d].map(beyond)) > 0.15 * platePx) return 0;
  const samples: number[] = [];
  const steps: number[] = [];
  const between = (from: number, to: number, part: number) => from + (to - from) * part;
  for (let row = 0; row < 8; row++) {
    for (let column = 0; column < 96; column++) {
      const [down, across] = [(row + 0.5) / 8, (column + 0.5) / 96];
      const x = between(between(a[0], d[0], down), between(b[0], c[0], down), across);
      const y = between(between(a[1], d[1], down), between(b[1], c[1], down), across);
      const inside = (value: number, most: number) => Math.min(Math.max(Math.round(value), 0), most);
      samples.push(data[inside(y, heightPx - 1) * strideBytes + inside(x, widthPx - 1)]!);
      if (column > 0) steps.push(Math.abs(samples.at(-1)! - samples.at(-2)!));
    }
  }
  const quantile = (values: readonly number[], part: number) =>
    [...values].sort((p, q) => p - q)[Math.floor(values.length * part)]!;
  const spread = quantile(samples, 0.95) - quantile(samples, 0.05);
  const sharpness = spread === 0 ? 0 : Math.min(1, quantile(steps, 0.9) / (0.5 * spread));
  const glare = Math.max(0, samples.filter((value) => value >= 250).length / samples.length - 0.35) / (1 - 0.35);
  return Math.min(1, platePx / 32) * Math.sqrt(Math.min(1, spread / 100) * sharpness) * (1 - glare);
}
