import { describe, expect, it } from 'vitest';
import type { Luma } from '../../../recognizer/luma.ts';
import type { Corners, PlateRead } from '../../../recognizer/plate.ts';
import type { LabelledPlate } from './labels.ts';
import { scorePlate } from './scoring.ts';
import { Vehicles } from './vehicles.ts';

const corners: Corners = [
  [10, 10],
  [70, 10],
  [70, 26],
  [10, 26],
];
const stripes: Luma = {
  data: new Uint8Array(80 * 40).map((_, i) => (i % 8 < 4 ? 20 : 220)),
  widthPx: 80,
  heightPx: 40,
  strideBytes: 80,
};

function label(text: string): LabelledPlate {
  return { text, country: 'NL', signed: true, quality: null, corners, unscored: false };
}

function read(...spellings: readonly (readonly [string, number])[]): PlateRead {
  const listed = spellings.map(([text, probability]) => ({ text, probability }));
  const hypotheses = { spellings: listed, countries: [] };
  return { corners, rows: 1, plateProbability: 1, ...hypotheses, seen: hypotheses };
}

describe('the vehicles of a folder', () => {
  it('are read from all their pictures together', () => {
    const vehicles = new Vehicles();
    const plate = label('AB12CD');
    for (const wrong of ['AB12CO', 'A812CD', 'AB1ZCD'])
      vehicles.add(stripes, [scorePlate(plate, read([wrong, 0.5], ['AB12CD', 0.45]))]);
    expect(vehicles.marks).toEqual({ vehicles: 1, found: 1, folded: 1 });
  });

  it('count when no picture shows them to the detector, or all are misread', () => {
    const vehicles = new Vehicles();
    vehicles.add(stripes, [scorePlate(label('AB12CD'), null), scorePlate(label('XY34ZZ'), read(['XY34Z2', 0.9]))]);
    expect(vehicles.marks).toEqual({ vehicles: 2, found: 1, folded: 0 });
  });
});
