import type { RoadPoint } from './camera-view.ts';
import { ellipse, type FlatPoint, mirrored, polygon, roundedRectangle } from './outline.ts';
import { type Colour, plateColour, type Scene, shade } from './paint.ts';
import type { PlateCountry } from './plate-layouts.ts';
import { PLATE_HEIGHT_MM, PLATE_WIDTH_MM, plateShapes } from './plate-picture.ts';
import type { Surface, VehicleDrawing } from './vehicle-drawing.ts';

/** What a vehicle shows of itself: its paint and its plate. */
export interface VehicleLook {
  readonly colour: Colour;
  /** 0, 1 or 2: the form of its lamps, grille and body. */
  readonly style: number;
  readonly country: PlateCountry;
  readonly printed: string;
  /** Rolled a little, as plates are; radians. */
  readonly plateTilt: number;
}

/** Something that shines towards the camera, on the vehicle. */
export interface Lamp {
  readonly at: RoadPoint;
  readonly radiusM: number;
}

/** What the scene needs to know of a drawn vehicle. */
export interface DrawnVehicle {
  readonly lamps: readonly Lamp[];
  /** Clockwise from the plate's top left, on the vehicle. */
  readonly plate: readonly RoadPoint[];
}

export const GLASS: Colour = [26, 32, 38];
export const RUBBER: Colour = [24, 24, 26];
export const TRIM: Colour = [38, 39, 42];
/** By day the low beam is off and the reflector mirrors the sky. */
const REFLECTOR: Readonly<Record<Scene, Colour>> = { day: [214, 220, 226], night: [255, 255, 255] };

/** The plate in its holder, standing upright on the vehicle's nose with its middle at `zM`. */
export function mountPlate(drawing: VehicleDrawing, look: VehicleLook, zM: number, yM: number): readonly RoadPoint[] {
  const sine = Math.sin(look.plateTilt);
  const cosine = Math.cos(look.plateTilt);
  const surface: Surface = ([u, v]) => {
    const across = (u - PLATE_WIDTH_MM / 2) / 1000;
    const up = (v - PLATE_HEIGHT_MM / 2) / 1000;
    return [across * cosine - up * sine, yM + up * 0.08, zM + across * sine + up * cosine];
  };
  drawing.shape(roundedRectangle(-9, -17, PLATE_WIDTH_MM + 18, PLATE_HEIGHT_MM + 26, 10), surface, [22, 22, 24]);
  for (const { outline, ink } of plateShapes(look.country, look.printed)) {
    drawing.shape(outline, surface, plateColour(ink, drawing.scene));
  }
  const corners: FlatPoint[] = [
    [0, PLATE_HEIGHT_MM],
    [PLATE_WIDTH_MM, PLATE_HEIGHT_MM],
    [PLATE_WIDTH_MM, 0],
    [0, 0],
  ];
  return corners.map(surface);
}

/** A soft shadow on the road under a vehicle, a little to the side that the sun does not reach. */
export function groundShadow(drawing: VehicleDrawing, halfWidthM: number, lengthM: number): void {
  for (let step = 0; step < SHADOW_STEPS; step++) {
    const grow = 0.16 - (step / SHADOW_STEPS) * 0.3;
    const outline: RoadPoint[] = [
      [-halfWidthM - grow, 0.1 - grow * 2, 0],
      [halfWidthM + grow + 0.08, 0.1 - grow * 2, 0],
      [halfWidthM + grow + 0.08, lengthM + grow, 0],
      [-halfWidthM - grow, lengthM + grow, 0],
    ];
    drawing.face(outline, [0, 0, 0], { opacity: 0.13 });
  }
}

const SHADOW_STEPS = 12;

export function wheels(drawing: VehicleDrawing, trackM: number, yM: number, sizeM: readonly [number, number]): void {
  const [width, height] = sizeM;
  for (const side of [-1, 1]) {
    const left = side * trackM - width / 2;
    drawing.shape(roundedRectangle(left, -0.01, width, height, 0.05), ([x, z]) => [x, yM, z], RUBBER);
  }
}

/** Quads of a body's two flanks, given as the outline of one of them from the nose's edge to the tail's. */
export function flanks(drawing: VehicleDrawing, outline: readonly RoadPoint[], colour: Colour): void {
  for (const side of [-1, 1]) {
    const facing = side === -1 ? 0.62 : 0.5;
    drawing.face(
      outline.map(([x, y, z]): RoadPoint => [side * x, y, z]),
      shade(colour, facing),
    );
  }
}

/** A pane of glass with the sky in it: dark inside, lighter where it leans back, with the cabin showing through. */
export function windscreen(drawing: VehicleDrawing, surface: Surface, rightHalf: readonly FlatPoint[]): void {
  const heights = rightHalf.map(([, z]) => z);
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  const wide = Math.max(...rightHalf.map(([x]) => x));
  const tall = high - low;
  drawing.shape(polygon(mirrored(rightHalf)), surface, {
    from: surface([0, high]),
    to: surface([0, low]),
    stops: [
      [0, [38, 46, 52]],
      [0.3, [72, 84, 92]],
      [0.7, [46, 54, 60]],
      [1, [26, 29, 33]],
    ],
  });
  // The driver sits on the vehicle's left, the picture's right; head-rests and the dashboard show faintly in the reflection.
  for (const seat of [-0.45, 0.42]) {
    const x = seat * wide;
    const rest = roundedRectangle(x - wide * 0.12, low + tall * 0.4, wide * 0.24, tall * 0.26, tall * 0.08);
    drawing.shape(rest, surface, [20, 23, 26], { opacity: 0.5 });
    const back = roundedRectangle(x - wide * 0.26, low, wide * 0.52, tall * 0.42, tall * 0.12);
    drawing.shape(back, surface, [20, 23, 26], { opacity: 0.5 });
  }
  const driver = 0.42 * wide;
  drawing.shape(ellipse([driver, low + tall * 0.56], wide * 0.085, tall * 0.17), surface, [82, 74, 70], {
    opacity: 0.4,
  });
  drawing.shape(ellipse([driver, low + tall * 0.26], wide * 0.2, tall * 0.22), surface, [52, 56, 64], {
    opacity: 0.45,
  });
  drawing.shape(roundedRectangle(-wide * 0.97, low, wide * 1.94, tall * 0.12, 0.01), surface, [14, 15, 17], {
    opacity: 0.6,
  });
  drawing.shape(roundedRectangle(-wide * 0.1, high - tall * 0.16, wide * 0.2, tall * 0.1, 0.01), surface, [12, 13, 15]);
  const glint: FlatPoint[] = [
    [-wide * 0.72, low + tall * 0.1],
    [-wide * 0.3, high - tall * 0.05],
    [-wide * 0.02, high - tall * 0.05],
    [-wide * 0.5, low + tall * 0.1],
  ];
  drawing.shape(polygon(glint), surface, [170, 190, 205], { opacity: drawing.scene === 'day' ? 0.12 : 0.04 });
  for (const wiper of [-0.55, 0.25]) {
    const x = wiper * wide;
    const blade: FlatPoint[] = [
      [x, low + 0.01],
      [x + wide * 0.55, low + tall * 0.08],
      [x + wide * 0.55, low + tall * 0.12],
      [x, low + tall * 0.05],
    ];
    drawing.shape(polygon(blade), surface, [10, 10, 11]);
  }
}

/** Both headlamps: a housing of clear glass with reflectors in it. Returns what shines. */
export function headlamps(
  drawing: VehicleDrawing,
  surface: Surface,
  outline: readonly FlatPoint[],
  reflectors: readonly { readonly at: FlatPoint; readonly radiusM: number }[],
): readonly Lamp[] {
  const lamps: Lamp[] = [];
  for (const side of [-1, 1]) {
    const flip = (points: readonly FlatPoint[]): FlatPoint[] => points.map(([x, z]) => [side * x, z]);
    const inset = shrunk(outline, 0.86);
    drawing.shape(polygon(flip(outline)), surface, [46, 48, 52]);
    drawing.shape(polygon(flip(inset)), surface, {
      from: surface([side * (outline[0]?.[0] ?? 0), Math.max(...outline.map(([, z]) => z))]),
      to: surface([side * (outline[0]?.[0] ?? 0), Math.min(...outline.map(([, z]) => z))]),
      stops: [
        [0, [150, 158, 164]],
        [0.5, [92, 98, 104]],
        [1, [128, 134, 140]],
      ],
    });
    for (const { at, radiusM } of reflectors) {
      const centre: FlatPoint = [side * at[0], at[1]];
      drawing.shape(ellipse(centre, radiusM * 1.25, radiusM * 1.25), surface, [70, 74, 80]);
      drawing.shape(ellipse(centre, radiusM, radiusM), surface, REFLECTOR[drawing.scene], { light: 'lamp' });
      lamps.push({ at: surface(centre), radiusM });
    }
  }
  return lamps;
}

/** The outline drawn in towards its own middle. */
function shrunk(outline: readonly FlatPoint[], factor: number): readonly FlatPoint[] {
  const u = outline.reduce((sum, [x]) => sum + x, 0) / outline.length;
  const v = outline.reduce((sum, [, z]) => sum + z, 0) / outline.length;
  return outline.map(([x, z]) => [u + (x - u) * factor, v + (z - v) * factor]);
}

/** Dark slats across an opening. */
export function slats(
  drawing: VehicleDrawing,
  surface: Surface,
  opening: { readonly halfWidthM: number; readonly lowM: number; readonly highM: number },
  count: number,
): void {
  const step = (opening.highM - opening.lowM) / (count + 1);
  for (let i = 1; i <= count; i++) {
    const z = opening.lowM + i * step;
    drawing.shape(
      roundedRectangle(-opening.halfWidthM, z - step * 0.16, opening.halfWidthM * 2, step * 0.32, 0.004),
      surface,
      [66, 68, 72],
    );
  }
}
