import type { RoadPoint } from './camera-view.ts';
import { curvedPanel, grille, lowerEdge } from './front-parts.ts';
import { ellipse, type FlatPoint, mirrored, polygon, roundedRectangle } from './outline.ts';
import { shade } from './paint.ts';
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

const HALF_WIDTH = 1.0;
const LENGTH = 5.4;
const ROOF = 2.35;
const NOSE = 1.0;
const COWL = 1.24;
const HEADER = 1.98;

/** Draws a delivery van seen from the front. */
export function drawVan(drawing: VehicleDrawing, look: VehicleLook): DrawnVehicle {
  const nose: Surface = ([x, z]) => [x, 0.3 * (Math.abs(x) / HALF_WIDTH) ** 3, z];
  groundShadow(drawing, HALF_WIDTH, LENGTH);
  wheels(drawing, HALF_WIDTH - 0.16, 0.6, [0.24, 0.46]);
  loadSpace(drawing, look);
  front(drawing, look);
  bumper(drawing, look, nose);
  const lamps = headlamps(
    drawing,
    nose,
    [
      [0.56, 0.92],
      [0.86, 1.03],
      [0.96, 0.98],
      [0.95, 0.72],
      [0.62, 0.72],
    ],
    [
      { at: [0.8, 0.87], radiusM: 0.055 },
      { at: [0.67, 0.82], radiusM: 0.036 },
    ],
  );
  return { lamps, plate: mountPlate(drawing, look, 0.56, -0.03) };
}

function loadSpace(drawing: VehicleDrawing, look: VehicleLook): void {
  flanks(
    drawing,
    [
      [HALF_WIDTH, 0.4, 0.32],
      [HALF_WIDTH, 0.4, NOSE - 0.1],
      [HALF_WIDTH - 0.03, 1.0, COWL],
      [HALF_WIDTH - 0.16, 1.9, HEADER + 0.12],
      [HALF_WIDTH - 0.14, LENGTH, ROOF - 0.1],
      [HALF_WIDTH, LENGTH, 0.4],
    ],
    look.colour,
  );
  const roof: RoadPoint[] = [
    [-0.8, 1.78, HEADER + 0.1],
    [0, 1.7, HEADER + 0.16],
    [0.8, 1.78, HEADER + 0.1],
    [0.9, 2.6, ROOF - 0.08],
    [0.9, LENGTH, ROOF],
    [-0.9, LENGTH, ROOF],
    [-0.9, 2.6, ROOF - 0.08],
  ];
  drawing.face(roof, {
    from: [0, 1.7, HEADER],
    to: [0, LENGTH, ROOF],
    stops: [
      [0, shade(look.colour, 0.86)],
      [0.4, shade(look.colour, 1.05)],
      [1, shade(look.colour, 1.3)],
    ],
  });
}

function front(drawing: VehicleDrawing, look: VehicleLook): void {
  const lean: Surface = ([x, z]) => [x, 0.72 + ((z - COWL) / (HEADER - COWL)) * 0.95 + 0.12 * x * x, z];
  const rim: FlatPoint[] = [
    [0, COWL - 0.05],
    [0.97, COWL - 0.08],
    [0.96, COWL + 0.2],
    [0.86, HEADER + 0.04],
    [0.76, HEADER + 0.14],
    [0.4, HEADER + 0.18],
    [0, HEADER + 0.19],
  ];
  drawing.shape(polygon(mirrored(rim)), lean, shade(look.colour, 0.78));
  windscreen(drawing, lean, [
    [0, COWL],
    [0.89, COWL - 0.01],
    [0.87, COWL + 0.16],
    [0.79, HEADER],
    [0.73, HEADER + 0.04],
    [0.4, HEADER + 0.065],
    [0, HEADER + 0.07],
  ]);
  const inner = 0.9;
  const bonnet: RoadPoint[] = [];
  for (let step = -4; step <= 4; step++)
    bonnet.push([(step / 4) * inner, 0.74 + 0.08 * (step / 4) ** 2, COWL - 0.04 * (step / 4) ** 2]);
  for (let step = 4; step >= -4; step--)
    bonnet.push([(step / 4) * 0.84, 0.18 * Math.abs(step / 4) ** 2.5, NOSE + 0.03 - 0.03 * (step / 4) ** 2]);
  for (const side of [-1, 1]) {
    const wing: RoadPoint[] = [
      [side * inner, 0.8, COWL - 0.04],
      [side * HALF_WIDTH, 0.9, COWL - 0.12],
      [side * HALF_WIDTH, 0.3, NOSE - 0.08],
      [side * 0.82, 0.14, NOSE],
    ];
    drawing.face(wing, shade(look.colour, 0.8));
  }
  drawing.face(bonnet, {
    from: [0, 0.8, COWL],
    to: [0, 0, NOSE],
    stops: [
      [0, shade(look.colour, 0.82)],
      [0.5, shade(look.colour, 1.16)],
      [1, shade(look.colour, 0.95)],
    ],
  });
  for (const side of [-1, 1]) {
    drawing.shape(roundedRectangle(side * 1.13 - 0.11, COWL + 0.0, 0.22, 0.36, 0.05), ([x, z]) => [x, 0.95, z], TRIM);
    drawing.shape(
      polygon([
        [side * 0.95, COWL + 0.06],
        [side * 1.06, COWL + 0.1],
        [side * 1.06, COWL + 0.15],
        [side * 0.95, COWL + 0.14],
      ]),
      ([x, z]) => [x, 0.96, z],
      TRIM,
    );
  }
}

function bumper(drawing: VehicleDrawing, look: VehicleLook, surface: Surface): void {
  const half: FlatPoint[] = [
    [0, NOSE + 0.02],
    [0.6, NOSE + 0.01],
    [0.9, NOSE],
    [HALF_WIDTH, NOSE - 0.14],
    [HALF_WIDTH, 0.4],
    [0.9, 0.24],
    [0, 0.22],
  ];
  curvedPanel(drawing, surface, {
    half,
    colour: look.colour,
    topM: NOSE,
    bottomM: 0.24,
    shades: [
      [0, 0.95],
      [0.5, 0.78],
      [1, 0.5],
    ],
  });
  grille(drawing, surface, {
    half: [
      [0, 0.9],
      [0.52, 0.89],
      [0.5, 0.7],
      [0, 0.69],
    ],
    colour: [24, 25, 27],
    halfWidthM: 0.46,
    slats: 3,
  });
  drawing.shape(ellipse([0, 0.8], 0.075, 0.075), surface, [186, 190, 194]);
  const skirt: FlatPoint[] = [
    [0, 0.66],
    [HALF_WIDTH + 0.01, 0.64],
    [HALF_WIDTH + 0.01, 0.4],
    [0.92, 0.24],
    [0, 0.22],
  ];
  drawing.shape(polygon(mirrored(skirt)), surface, look.style === 1 ? shade(look.colour, 0.62) : [44, 45, 48]);
  lowerEdge(drawing, surface, {
    half: [
      [0, 0.45],
      [0.6, 0.45],
      [0.66, 0.28],
      [0, 0.26],
    ],
    lamp: { at: [0.8, 0.46], radiiM: [0.06, 0.05], colour: [140, 146, 150] },
  });
}
