import type { RoadPoint } from './camera-view.ts';
import { curvedPanel, grille, lowerEdge } from './front-parts.ts';
import { ellipse, type FlatPoint, mirrored, polygon, roundedRectangle } from './outline.ts';
import { type Colour, shade } from './paint.ts';
import type { Surface, VehicleDrawing } from './vehicle-drawing.ts';
import {
  type DrawnVehicle,
  flanks,
  groundShadow,
  headlamps,
  mountPlate,
  TRIM,
  type VehicleLook,
  wheels,
  windscreen,
} from './vehicle-parts.ts';

const HALF_WIDTH = 1.18;
const CAB_ROOF = 2.55;
const BOX_ROOF = 3.1;
const BOX_FROM = 1.75;
const LENGTH = 7.2;
const CURTAINS: readonly Colour[] = [
  [206, 210, 212],
  [64, 96, 150],
  [196, 186, 160],
];

/** Draws a box lorry with a cab over its engine, seen from the front. */
export function drawTruck(drawing: VehicleDrawing, look: VehicleLook): DrawnVehicle {
  const nose: Surface = ([x, z]) => [x, 0.16 * (Math.abs(x) / HALF_WIDTH) ** 4, z];
  groundShadow(drawing, HALF_WIDTH, LENGTH);
  wheels(drawing, HALF_WIDTH - 0.18, 0.9, [0.28, 0.62]);
  box(drawing, CURTAINS[look.style % CURTAINS.length] ?? look.colour);
  cab(drawing, look, nose);
  lowerFront(drawing, look, nose);
  const lamps = headlamps(
    drawing,
    nose,
    [
      [0.68, 0.78],
      [1.1, 0.8],
      [1.12, 0.56],
      [0.72, 0.56],
    ],
    [
      { at: [0.99, 0.68], radiusM: 0.065 },
      { at: [0.82, 0.68], radiusM: 0.045 },
    ],
  );
  return { lamps, plate: mountPlate(drawing, look, 0.5, -0.03) };
}

function box(drawing: VehicleDrawing, curtain: Colour): void {
  const half = HALF_WIDTH + 0.06;
  flanks(
    drawing,
    [
      [half, BOX_FROM, 0.95],
      [half, BOX_FROM, BOX_ROOF],
      [half, LENGTH, BOX_ROOF],
      [half, LENGTH, 0.95],
    ],
    curtain,
  );
  const roof: RoadPoint[] = [
    [-half, BOX_FROM, BOX_ROOF],
    [half, BOX_FROM, BOX_ROOF],
    [half, LENGTH, BOX_ROOF],
    [-half, LENGTH, BOX_ROOF],
  ];
  drawing.face(roof, shade(curtain, 1.12));
  const wall: Surface = ([x, z]) => [x, BOX_FROM, z];
  drawing.shape(roundedRectangle(-half, 0.9, 2 * half, BOX_ROOF - 0.9, 0.05), wall, shade(curtain, 0.88));
  drawing.shape(roundedRectangle(-half, BOX_ROOF - 0.07, 2 * half, 0.07, 0.02), wall, shade(curtain, 0.66));
  for (const side of [-1, 1]) {
    drawing.shape(
      roundedRectangle(side * (half - 0.05) - 0.05, 0.9, 0.1, BOX_ROOF - 0.9, 0.02),
      wall,
      shade(curtain, 0.7),
    );
  }
}

function cab(drawing: VehicleDrawing, look: VehicleLook, nose: Surface): void {
  flanks(
    drawing,
    [
      [HALF_WIDTH, 0.16, 0.4],
      [HALF_WIDTH, 0.2, 1.5],
      [HALF_WIDTH - 0.12, 0.5, CAB_ROOF - 0.15],
      [HALF_WIDTH - 0.12, 1.7, CAB_ROOF - 0.1],
      [HALF_WIDTH, 1.7, 0.4],
    ],
    look.colour,
  );
  const roof: RoadPoint[] = [
    [-1.0, 0.52, CAB_ROOF - 0.14],
    [0, 0.42, CAB_ROOF - 0.08],
    [1.0, 0.52, CAB_ROOF - 0.14],
    [1.02, 1.7, CAB_ROOF],
    [-1.02, 1.7, CAB_ROOF],
  ];
  drawing.face(roof, shade(look.colour, 1.16));
  const lean: Surface = ([x, z]) => [x, 0.02 + Math.max(0, z - 1.4) * 0.36 + 0.16 * (Math.abs(x) / HALF_WIDTH) ** 4, z];
  const shell: FlatPoint[] = [
    [0, 0.95],
    [HALF_WIDTH, 0.95],
    [HALF_WIDTH, 1.5],
    [HALF_WIDTH - 0.1, CAB_ROOF - 0.3],
    [HALF_WIDTH - 0.22, CAB_ROOF - 0.14],
    [0, CAB_ROOF - 0.08],
  ];
  drawing.shape(polygon(mirrored(shell)), lean, {
    from: lean([0, CAB_ROOF - 0.1]),
    to: lean([0, 0.95]),
    stops: [
      [0, shade(look.colour, 1.05)],
      [0.3, shade(look.colour, 0.9)],
      [1, shade(look.colour, 0.78)],
    ],
  });
  windscreen(drawing, lean, [
    [0, 1.48],
    [HALF_WIDTH - 0.12, 1.5],
    [HALF_WIDTH - 0.16, CAB_ROOF - 0.34],
    [0, CAB_ROOF - 0.28],
  ]);
  drawing.shape(
    roundedRectangle(-1.0, CAB_ROOF - 0.33, 2.0, 0.15, 0.03),
    ([x, z]) => [x, lean([x, z])[1] - 0.1, z],
    [28, 30, 33],
  );
  drawing.shape(roundedRectangle(-0.95, 1.28, 1.9, 0.035, 0.01), lean, shade(look.colour, 0.5));
  grille(drawing, nose, {
    half: [
      [0, 1.24],
      [0.8, 1.22],
      [0.72, 0.98],
      [0, 0.96],
    ],
    colour: [28, 29, 31],
    halfWidthM: 0.72,
    slats: 3,
  });
  drawing.shape(ellipse([0, 1.12], 0.08, 0.08), nose, [188, 192, 196]);
  for (const side of [-1, 1]) {
    const arm: FlatPoint[] = [
      [side * 1.08, 2.12],
      [side * 1.34, 2.06],
      [side * 1.34, 2.01],
      [side * 1.08, 2.04],
    ];
    drawing.shape(polygon(arm), ([x, z]) => [x, 0.3, z], TRIM);
    drawing.shape(roundedRectangle(side * 1.36 - 0.1, 1.5, 0.2, 0.56, 0.05), ([x, z]) => [x, 0.25, z], [32, 33, 36]);
  }
}

function lowerFront(drawing: VehicleDrawing, look: VehicleLook, nose: Surface): void {
  const bumper: FlatPoint[] = [
    [0, 0.96],
    [HALF_WIDTH, 0.95],
    [HALF_WIDTH + 0.01, 0.46],
    [HALF_WIDTH - 0.1, 0.3],
    [0, 0.28],
  ];
  curvedPanel(drawing, nose, {
    half: bumper,
    colour: look.colour,
    topM: 0.96,
    bottomM: 0.28,
    shades: [
      [0, 0.82],
      [0.5, 0.68],
      [1, 0.45],
    ],
  });
  grille(drawing, nose, {
    half: [
      [0, 0.88],
      [0.62, 0.87],
      [0.58, 0.66],
      [0, 0.65],
    ],
    colour: [26, 27, 29],
    halfWidthM: 0.56,
    slats: 2,
  });
  lowerEdge(drawing, nose, {
    half: [
      [0, 0.4],
      [0.7, 0.4],
      [0.74, 0.31],
      [0, 0.3],
    ],
    lamp: { at: [0.85, 0.44], radiiM: [0.07, 0.05], colour: [150, 150, 140] },
  });
}
