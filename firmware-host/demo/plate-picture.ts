import { type FaceName, glyphOf } from './glyph-outlines.ts';
import { ellipse, type FlatPoint, type Outline, placed, polygon, roundedRectangle } from './outline.ts';
import { LAYOUTS, type NationalLayout, type PlateCountry, type PlateInk } from './plate-layouts.ts';

export const PLATE_WIDTH_MM = 520;
export const PLATE_HEIGHT_MM = 110;

/** Part of a plate in millimetres from its bottom left, in drawing order. */
export interface PlateShape {
  readonly outline: Outline;
  readonly ink: PlateInk;
}

const BAND_WIDTH_MM = 43;
const SEALS_WIDTH_MM = 44;

/** The parts of one plate. `printed` is the text with its national separators: '-' is a dash, ' ' a gap, '*' the two seals of Germany. */
export function plateShapes(country: PlateCountry, printed: string): readonly PlateShape[] {
  const layout = LAYOUTS[country];
  const { borderMm } = layout;
  const inner = roundedRectangle(borderMm, borderMm, PLATE_WIDTH_MM - 2 * borderMm, PLATE_HEIGHT_MM - 2 * borderMm, 8);
  return [
    { outline: roundedRectangle(0, 0, PLATE_WIDTH_MM, PLATE_HEIGHT_MM, 10), ink: layout.ink },
    { outline: inner, ink: layout.ground },
    ...leftBand(country),
    ...(layout.rightBand ? rightBand() : []),
    ...textShapes(layout, printed),
    { outline: ellipse([layout.textFromMm + 7, 86], 3.5, 3.5), ink: 'screw' },
    { outline: ellipse([layout.textToMm - 7, 86], 3.5, 3.5), ink: 'screw' },
  ];
}

function leftBand(country: PlateCountry): readonly PlateShape[] {
  const letterHeightMm = country.length === 1 ? 27 : 22;
  return [
    { outline: roundedRectangle(2, 2, BAND_WIDTH_MM, PLATE_HEIGHT_MM - 4, 7), ink: 'blue' },
    { outline: starRing([23, 77], 13), ink: 'star' },
    ...letters('barlow', country, letterHeightMm, { centre: [23.5, 16], widthMm: country.length === 1 ? 15 : 30 }),
  ];
}

function rightBand(): readonly PlateShape[] {
  const left = PLATE_WIDTH_MM - 2 - BAND_WIDTH_MM;
  return [
    { outline: roundedRectangle(left, 2, BAND_WIDTH_MM, PLATE_HEIGHT_MM - 4, 7), ink: 'blue' },
    {
      outline: polygon([
        [left + 9, 62],
        [left + 33, 62],
        [left + 33, 96],
        [left + 9, 96],
      ]),
      ink: 'star',
    },
    ...letters('barlow', '59', 24, { centre: [left + 21, 16], widthMm: 28 }),
  ];
}

/** Twelve dots: a five-pointed star of two millimetres is far below a pixel. */
function starRing(centre: FlatPoint, radiusMm: number): Outline {
  return Array.from({ length: 12 }, (_, i) => {
    const u = centre[0] + radiusMm * Math.sin((i * Math.PI) / 6);
    const v = centre[1] + radiusMm * Math.cos((i * Math.PI) / 6);
    return polygon([
      [u - 2, v],
      [u, v + 2],
      [u + 2, v],
      [u, v - 2],
    ]);
  }).flat();
}

/** A short word, scaled to a width, its baseline at `centre`. */
function letters(
  face: FaceName,
  text: string,
  capHeightMm: number,
  { centre, widthMm }: { readonly centre: FlatPoint; readonly widthMm: number },
): readonly PlateShape[] {
  const glyphs = [...text].map((letter) => glyphOf(face, letter));
  const natural = glyphs.reduce((sum, glyph) => sum + glyph.advance, 0);
  const unitMm = Math.min(capHeightMm, widthMm / natural);
  let pen = centre[0] - (natural * unitMm) / 2;
  return glyphs.map(({ outline, advance }) => {
    const left = pen;
    pen += advance * unitMm;
    return {
      outline: placed(outline, ([u, v]) => [left + u * unitMm, centre[1] + v * capHeightMm]),
      ink: 'band-letter',
    };
  });
}

/** The registration itself: letters stretched or narrowed alike until the whole is as wide as the layout says. */
function textShapes(layout: NationalLayout, printed: string): readonly PlateShape[] {
  const { capHeightMm, face, ink, gapMm } = layout;
  const marks = [...printed];
  const glyphsMm = marks.reduce((sum, mark) => sum + (isMark(mark) ? glyphOf(face, mark).advance * capHeightMm : 0), 0);
  const separatorsMm = marks.reduce((sum, mark) => sum + (isMark(mark) ? 0 : separatorMm(layout, mark)), 0);
  const stretch = Math.min(1.22, Math.max(0.7, (layout.textWidthMm - separatorsMm) / glyphsMm));
  const baseline = (PLATE_HEIGHT_MM - capHeightMm) / 2;
  let pen = (layout.textFromMm + layout.textToMm - glyphsMm * stretch - separatorsMm) / 2;
  const shapes: PlateShape[] = [];
  for (const mark of marks) {
    if (isMark(mark)) {
      const { outline, advance } = glyphOf(face, mark);
      const left = pen;
      const place = ([u, v]: FlatPoint): FlatPoint => [left + u * capHeightMm * stretch, baseline + v * capHeightMm];
      shapes.push({ outline: placed(outline, place), ink });
      pen += advance * capHeightMm * stretch;
      continue;
    }
    if (mark === '-') {
      const bottom = PLATE_HEIGHT_MM / 2 - layout.dashThicknessMm / 2;
      const { dashWidthMm, dashThicknessMm } = layout;
      shapes.push({ outline: roundedRectangle(pen + gapMm / 2, bottom, dashWidthMm, dashThicknessMm, 2), ink });
    }
    if (mark === '*') shapes.push(...seals(pen + SEALS_WIDTH_MM / 2));
    pen += separatorMm(layout, mark);
  }
  return shapes;
}

/** The inspection's disc above the registration office's. */
function seals(middleMm: number): readonly PlateShape[] {
  return [
    { outline: ellipse([middleMm, 76], 15, 15), ink: 'seal' },
    { outline: ellipse([middleMm, 34], 18, 18), ink: 'screw' },
  ];
}

function isMark(mark: string): boolean {
  return /[A-Z0-9]/.test(mark);
}

function separatorMm(layout: NationalLayout, separator: string): number {
  if (separator === '*') return SEALS_WIDTH_MM;
  return separator === '-' ? layout.dashWidthMm + layout.gapMm : layout.gapMm;
}
