import type { RoadPoint } from './camera-view.ts';
import { type CarForm, carForm, fascia, lampsAndGrille } from './car-face.ts';
import { ellipse, type FlatPoint, mirrored, polygon } from './outline.ts';
import { shade } from './paint.ts';
import type { Surface, VehicleDrawing } from './vehicle-drawing.ts';
import {
  type DrawnVehicle,
  flanks,
  GLASS,
  groundShadow,
  mountPlate,
  TRIM,
  type VehicleLook,
  wheels,
  windscreen,
} from './vehicle-parts.ts';

/** Draws a passenger car seen from the front. */
export function drawCar(drawing: VehicleDrawing, look: VehicleLook): DrawnVehicle {
  const form = carForm(look.style);
  const { halfWidth, length } = form;
  const nose: Surface = ([x, z]) => [x, 0.42 * (Math.abs(x) / halfWidth) ** 3, z];
  groundShadow(drawing, halfWidth, length);
  wheels(drawing, halfWidth - 0.14, 0.62, [0.22, 0.4]);
  underbody(drawing, form);
  bodyBehindNose(drawing, form, look);
  cabin(drawing, form, look);
  bonnet(drawing, form, look);
  fascia(drawing, form, look, nose);
  const lamps = lampsAndGrille(drawing, form, look, nose);
  const plate = mountPlate(drawing, look, form.plate, -0.03);
  return { lamps, plate };
}

function underbody(drawing: VehicleDrawing, { halfWidth }: CarForm): void {
  drawing.shape(
    polygon(
      mirrored([
        [0, 0.14],
        [halfWidth - 0.2, 0.14],
        [halfWidth - 0.04, 0.45],
      ]),
    ),
    ([x, z]) => [x, 0.7, z],
    [14, 14, 15],
  );
}

function bodyBehindNose(drawing: VehicleDrawing, { halfWidth, cowl, nose, length }: CarForm, look: VehicleLook): void {
  const shoulder = cowl - 0.05;
  flanks(
    drawing,
    [
      [halfWidth - 0.03, 0.5, 0.36],
      [halfWidth - 0.02, 0.5, nose - 0.1],
      [halfWidth, 1.1, shoulder],
      [halfWidth - 0.02, length * 0.6, shoulder + 0.02],
      [halfWidth - 0.12, length - 0.1, shoulder - 0.02],
      [halfWidth - 0.1, length - 0.1, 0.36],
    ],
    look.colour,
  );
  for (const side of [-1, 1]) {
    const deck: RoadPoint[] = [
      [side * halfWidth, 1.0, shoulder - 0.02],
      [side * (halfWidth - 0.02), length * 0.6, shoulder + 0.02],
      [side * (halfWidth - 0.12), length - 0.1, shoulder - 0.02],
      [side * (halfWidth - 0.3), length - 0.1, shoulder + 0.02],
      [side * (halfWidth - 0.16), 1.0, cowl],
    ];
    drawing.face(deck, shade(look.colour, 0.95));
  }
}

function cabin(drawing: VehicleDrawing, form: CarForm, look: VehicleLook): void {
  const { halfWidth, cowl, roof, length } = form;
  const [base, top] = [halfWidth - 0.12, halfWidth - 0.31];
  const header = roof - 0.08;
  const glassEnd = length - (look.style === 1 ? 0.9 : 0.35);
  for (const side of [-1, 1]) {
    const pillar: RoadPoint[] = [
      [side * (base + 0.02), 1.0, cowl - 0.02],
      [side * (top + 0.03), 1.78, header],
      [side * top, glassEnd - 0.6, header - 0.02],
      [side * base, glassEnd, cowl + 0.03],
    ];
    drawing.face(pillar, shade(look.colour, 0.5));
    const pane: RoadPoint[] = [
      [side * (base + 0.01), 1.3, cowl + 0.02],
      [side * (top + 0.03), 1.9, header - 0.03],
      [side * (top + 0.01), glassEnd - 0.75, header - 0.04],
      [side * base, glassEnd - 0.3, cowl + 0.05],
    ];
    drawing.face(pane, GLASS);
  }
  const roofOutline: RoadPoint[] = [];
  for (let step = -4; step <= 4; step++)
    roofOutline.push([(step / 4) * top, 1.72 + 0.1 * (step / 4) ** 2, crown(step / 4, header, 0.05)]);
  for (let step = 4; step >= -4; step--)
    roofOutline.push([(step / 4) * (top - 0.04), glassEnd - 0.5, crown(step / 4, roof - 0.05, 0.05)]);
  drawing.face(roofOutline, {
    from: [0, 1.7, roof],
    to: [0, glassEnd - 0.5, roof],
    stops: [
      [0, shade(look.colour, 1.02)],
      [1, shade(look.colour, 1.12)],
    ],
  });
  const frame: Surface = ([x, z]) => [x, 0.98 + ((z - cowl) / (header - cowl)) * 0.76 + 0.14 * (x / base) ** 2, z];
  const rim: FlatPoint[] = [
    [0, cowl - 0.03],
    [base + 0.03, cowl - 0.04],
    [top + 0.05, header - 0.01],
    [top - 0.06, header + 0.035],
    [0, header + 0.055],
  ];
  drawing.shape(polygon(mirrored(rim)), frame, shade(look.colour, 0.66));
  windscreen(drawing, frame, [
    [0, cowl + 0.005],
    [base - 0.03, cowl - 0.015],
    [top + 0.005, header - 0.03],
    [top - 0.08, header + 0.005],
    [0, header + 0.025],
  ]);
  for (const side of [-1, 1]) {
    const at: FlatPoint = [side * (halfWidth + 0.09), cowl + 0.04];
    drawing.shape(ellipse(at, 0.105, 0.075), ([x, z]) => [x, 1.25, z], shade(look.colour, 0.72));
    drawing.shape(ellipse([at[0], at[1] - 0.03], 0.095, 0.042), ([x, z]) => [x, 1.24, z], TRIM);
  }
}

/** How high an arched edge is at `across` (-1 to 1). */
function crown(across: number, edgeM: number, riseM: number): number {
  return edgeM + riseM * (1 - across ** 2);
}

function bonnet(drawing: VehicleDrawing, { halfWidth, cowl, nose }: CarForm, look: VehicleLook): void {
  const inner = halfWidth - 0.12;
  const edge = halfWidth - 0.2;
  const wing: RoadPoint[] = [
    [halfWidth, 1.05, cowl - 0.07],
    [inner, 1.05, cowl - 0.02],
    [edge, 0.2, nose - 0.03],
    [halfWidth - 0.01, 0.42, nose - 0.1],
  ];
  for (const side of [-1, 1]) {
    drawing.face(
      wing.map(([x, y, z]): RoadPoint => [side * x, y, z]),
      {
        from: [side * inner, 0.6, nose],
        to: [side * halfWidth, 0.6, nose],
        stops: [
          [0, shade(look.colour, 1.1)],
          [1, shade(look.colour, 0.7)],
        ],
      },
    );
  }
  const top: RoadPoint[] = [];
  for (let step = -5; step <= 5; step++)
    top.push([(step / 5) * inner, 1.0 + 0.1 * (step / 5) ** 2, crown(step / 5, cowl - 0.03, 0.035)]);
  for (let step = 5; step >= -5; step--)
    top.push([(step / 5) * edge, 0.2 * Math.abs(step / 5) ** 2.5, crown(step / 5, nose - 0.03, 0.035)]);
  drawing.face(top, {
    from: [0, 1.0, cowl],
    to: [0, 0, nose],
    stops: [
      [0, shade(look.colour, 0.85)],
      [0.35, shade(look.colour, 1.16)],
      [0.85, shade(look.colour, 1.08)],
      [1, shade(look.colour, 0.9)],
    ],
  });
  for (const side of [-1, 1]) {
    const crease: RoadPoint[] = [
      [side * 0.5, 1.02, cowl + 0.002],
      [side * 0.52, 1.02, cowl],
      [side * 0.36, 0.06, nose - 0.002],
      [side * 0.34, 0.06, nose],
    ];
    drawing.face(crease, shade(look.colour, 0.72), { opacity: 0.7 });
  }
}
