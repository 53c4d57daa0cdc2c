import { describe, expect, it } from 'vitest';
import type { Corners } from '../plate.ts';
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
});
