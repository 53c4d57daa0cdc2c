import { expect, test } from 'vitest';
import { inventPlate } from './demo-plates.ts';
import { glyphOf, parsePath } from './glyph-outlines.ts';
import type { FlatPoint, Outline } from './outline.ts';
import { LAYOUTS, type PlateCountry } from './plate-layouts.ts';
import { PLATE_HEIGHT_MM, PLATE_WIDTH_MM, plateShapes } from './plate-picture.ts';
import { seededRandom } from './seeded-random.ts';

const countries = Object.keys(LAYOUTS) as PlateCountry[];

function points(outline: Outline): FlatPoint[] {
  return outline.flatMap((segment) => (segment.to === 'close' ? [] : [segment.end]));
}

/** Lowest and highest u, lowest and highest v. */
function extent(all: readonly FlatPoint[]): number[][] {
  return [0, 1].map((axis) => {
    const values = all.map((point) => point[axis]!);
    return [Math.min(...values), Math.max(...values)];
  });
}

test('every face of a plate has all letters and digits, each a closed outline', () => {
  for (const { face } of Object.values(LAYOUTS)) {
    for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789') {
      const { advance, outline } = glyphOf(face, letter);
      expect(advance).toBeGreaterThan(0.15);
      expect(outline[0]?.to).toBe('move');
      expect(outline.at(-1)?.to).toBe('close');
    }
  }
});

test('a letter that no plate has is a fault', () => {
  expect(() => glyphOf('barlow', 'ß')).toThrow(expect.objectContaining({ code: 'demo/no-such-letter' }));
});

test('path data is read with horizontal, vertical, repeated and curved parts', () => {
  expect(parsePath('M0 10H20V30L1 2 3 4Q5 6 7 8Z', 0.1)).toEqual([
    { to: 'move', end: [0, 1] },
    { to: 'line', end: [2, 1] },
    { to: 'line', end: [2, 3] },
    { to: 'line', end: [expect.closeTo(0.1), expect.closeTo(0.2)] },
    { to: 'line', end: [expect.closeTo(0.3), expect.closeTo(0.4)] },
    { to: 'curve', control: [0.5, expect.closeTo(0.6)], end: [expect.closeTo(0.7), 0.8] },
    { to: 'close' },
  ]);
});

test('nothing of a plate lies outside of it, and its text stays between the bands', () => {
  const random = seededRandom(3);
  for (const country of countries) {
    const { ink, textFromMm, textToMm } = LAYOUTS[country];
    for (let i = 0; i < 20; i++) {
      const shapes = plateShapes(country, inventPlate(country, 'car', random));
      const [across, up] = extent(shapes.flatMap(({ outline }) => points(outline)));
      expect([across, up]).toEqual([
        [0, PLATE_WIDTH_MM],
        [0, PLATE_HEIGHT_MM],
      ]);
      // The first shape is the plate's rim, in the colour of its text.
      const text = shapes.slice(1).flatMap((shape) => (shape.ink === ink ? points(shape.outline) : []));
      const [left, right] = extent(text)[0]!;
      expect(left).toBeGreaterThan(textFromMm);
      expect(right).toBeLessThan(textToMm);
    }
  }
});
