import { ellipse, type FlatPoint, mirrored, polygon, rounded } from './outline.ts';
import { type Colour, shade } from './paint.ts';
import type { Surface, VehicleDrawing } from './vehicle-drawing.ts';
import { RUBBER, slats } from './vehicle-parts.ts';

/** A part of the front that is the same on both sides, given as its right half. */
type RightHalf = readonly FlatPoint[];

/** Painted sheet that turns away from the sky: shades of the colour between two heights. */
export function curvedPanel(
  drawing: VehicleDrawing,
  surface: Surface,
  panel: {
    readonly half: RightHalf;
    readonly colour: Colour;
    readonly topM: number;
    readonly bottomM: number;
    readonly shades: readonly (readonly [at: number, shade: number])[];
  },
): void {
  drawing.shape(polygon(mirrored(panel.half)), surface, {
    from: surface([0, panel.topM]),
    to: surface([0, panel.bottomM]),
    stops: panel.shades.map(([at, factor]) => [at, shade(panel.colour, factor)]),
  });
}

/** Right half of an opening: the middle of its top, its two corners, the middle of its bottom. */
type Opening = readonly [top: FlatPoint, high: FlatPoint, low: FlatPoint, bottom: FlatPoint];

/** A dark opening with slats across it, from corner to corner. */
export function grille(
  drawing: VehicleDrawing,
  surface: Surface,
  opening: { readonly half: Opening; readonly colour: Colour; readonly halfWidthM: number; readonly slats: number },
): void {
  const { half, colour, halfWidthM } = opening;
  drawing.shape(polygon(mirrored(half)), surface, colour);
  slats(drawing, surface, { halfWidthM, lowM: half[2][1], highM: half[1][1] }, opening.slats);
}

/** The rubber below the number plate, and a fog lamp on either side. */
export function lowerEdge(
  drawing: VehicleDrawing,
  surface: Surface,
  edge: {
    readonly half: RightHalf;
    readonly lamp: { readonly at: FlatPoint; readonly radiiM: FlatPoint; readonly colour: Colour };
  },
): void {
  const { at, radiiM, colour } = edge.lamp;
  drawing.shape(rounded(mirrored(edge.half)), surface, RUBBER);
  for (const side of [-1, 1]) drawing.shape(ellipse([side * at[0], at[1]], radiiM[0], radiiM[1]), surface, colour);
}
