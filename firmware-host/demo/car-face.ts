import { ellipse, type FlatPoint, mirrored, polygon, rounded, roundedRectangle } from './outline.ts';
import { shade } from './paint.ts';
import type { Surface, VehicleDrawing } from './vehicle-drawing.ts';
import { headlamps, type Lamp, RUBBER, slats, TRIM, type VehicleLook } from './vehicle-parts.ts';

/** A hatchback, a saloon and an off-roader: what differs between them, in metres. */
export interface CarForm {
  readonly halfWidth: number;
  readonly nose: number;
  readonly cowl: number;
  readonly roof: number;
  readonly length: number;
  readonly plate: number;
}

const HATCHBACK: CarForm = { halfWidth: 0.89, nose: 0.8, cowl: 0.99, roof: 1.48, length: 4.1, plate: 0.48 };
const SALOON: CarForm = { halfWidth: 0.92, nose: 0.74, cowl: 0.93, roof: 1.42, length: 4.6, plate: 0.44 };
const OFF_ROADER: CarForm = { halfWidth: 0.95, nose: 0.94, cowl: 1.12, roof: 1.68, length: 4.6, plate: 0.58 };

export function carForm(style: number): CarForm {
  return [HATCHBACK, SALOON, OFF_ROADER][style] ?? HATCHBACK;
}

/** The painted front with its bumper. */
export function fascia(
  drawing: VehicleDrawing,
  { halfWidth, nose }: CarForm,
  look: VehicleLook,
  surface: Surface,
): void {
  const half: FlatPoint[] = [
    [0, nose + 0.005],
    [halfWidth * 0.45, nose],
    [halfWidth - 0.22, nose - 0.03],
    [halfWidth - 0.02, nose - 0.1],
    [halfWidth, nose - 0.3],
    [halfWidth - 0.03, 0.36],
    [halfWidth - 0.16, 0.22],
    [0, 0.19],
  ];
  drawing.shape(polygon(mirrored(half)), surface, {
    from: surface([0, nose]),
    to: surface([0, 0.18]),
    stops: [
      [0, shade(look.colour, 0.94)],
      [0.3, shade(look.colour, 0.84)],
      [0.62, shade(look.colour, 0.72)],
      [1, shade(look.colour, 0.42)],
    ],
  });
  const bumperTop = nose - 0.24;
  drawing.shape(
    roundedRectangle(-halfWidth + 0.08, bumperTop, 2 * halfWidth - 0.16, 0.012, 0.005),
    surface,
    shade(look.colour, 0.5),
  );
}

/** Grille, air intake and headlamps. */
export function lampsAndGrille(
  drawing: VehicleDrawing,
  form: CarForm,
  look: VehicleLook,
  surface: Surface,
): readonly Lamp[] {
  const { halfWidth, nose, plate } = form;
  const high = nose - 0.03;
  const grilleLow = nose - 0.2;
  const grilleHalf = [0.42, 0.5, 0.46][look.style % 3] ?? 0.42;
  const grille: FlatPoint[] = [
    [0, high - 0.01],
    [grilleHalf, high - 0.015],
    [grilleHalf - 0.07, grilleLow],
    [0, grilleLow - 0.015],
  ];
  const chrome = grille.map(([x, z]): FlatPoint => [x === 0 ? 0 : x + 0.018, z > nose - 0.1 ? z + 0.014 : z - 0.014]);
  drawing.shape(polygon(mirrored(chrome)), surface, look.style === 2 ? TRIM : [176, 180, 184]);
  drawing.shape(polygon(mirrored(grille)), surface, [18, 19, 21]);
  slats(
    drawing,
    surface,
    { halfWidthM: grilleHalf - 0.05, lowM: grilleLow, highM: high - 0.01 },
    look.style === 0 ? 2 : 3,
  );
  drawing.shape(ellipse([0, (high + grilleLow) / 2 + 0.01], 0.062, 0.062), surface, [190, 194, 198]);
  drawing.shape(ellipse([0, (high + grilleLow) / 2 + 0.01], 0.047, 0.047), surface, [72, 76, 84]);
  const intakeTop = plate - 0.1;
  drawing.shape(
    rounded(
      mirrored([
        [0, intakeTop],
        [0.62, intakeTop],
        [0.7, 0.24],
        [0, 0.22],
      ]),
    ),
    surface,
    [16, 17, 18],
  );
  slats(drawing, surface, { halfWidthM: 0.5, lowM: 0.23, highM: intakeTop - 0.02 }, 2);
  for (const side of [-1, 1]) {
    const pocket: FlatPoint[] = [
      [side * 0.58, plate - 0.03],
      [side * 0.8, plate + 0.03],
      [side * 0.8, plate - 0.16],
      [side * 0.62, plate - 0.15],
    ];
    drawing.shape(rounded(pocket), surface, RUBBER);
    drawing.shape(ellipse([side * 0.71, plate - 0.08], 0.04, 0.035), surface, [150, 156, 160]);
  }
  const outer = halfWidth - 0.025;
  const inner = grilleHalf + 0.05;
  const shapes: readonly (readonly FlatPoint[])[] = [
    [
      [inner, high - 0.02],
      [outer - 0.1, high + 0.005],
      [outer, high - 0.09],
      [outer - 0.03, high - 0.2],
      [inner + 0.06, high - 0.17],
    ],
    [
      [inner, high - 0.05],
      [outer - 0.06, high - 0.005],
      [outer, high - 0.08],
      [outer - 0.04, high - 0.14],
      [inner + 0.05, high - 0.14],
    ],
    [
      [inner, high - 0.03],
      [outer - 0.02, high - 0.015],
      [outer, high - 0.17],
      [inner + 0.02, high - 0.19],
    ],
  ];
  const reflectors: readonly { readonly at: FlatPoint; readonly radiusM: number }[] = [
    { at: [inner + 0.27, high - 0.09], radiusM: 0.05 },
    { at: [inner + 0.13, high - 0.095], radiusM: 0.032 },
  ];
  return headlamps(drawing, surface, shapes[look.style % 3] ?? [], reflectors);
}
