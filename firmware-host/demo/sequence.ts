import { canonicalText, inventPlate, type VehicleKind } from './demo-plates.ts';
import type { LANE_MIDDLES_M } from './motorway-background.ts';
import type { Colour, Scene } from './paint.ts';
import type { PlateCountry } from './plate-layouts.ts';
import { between, pick, type Random, seededRandom } from './seeded-random.ts';
import type { VehicleLook } from './vehicle-parts.ts';

export const DEMO_FRAMES_PER_SECOND = 12.5;

export type DemoLane = keyof typeof LANE_MIDDLES_M;

/** One vehicle of the script: what it looks like, and when and how it drives through the picture. */
export interface DemoVehicle extends VehicleLook {
  readonly kind: VehicleKind;
  /** Canonical text of its plate. */
  readonly text: string;
  readonly lane: DemoLane;
  readonly lateralM: number;
  /** When its nose is `ENTRY_M` from the camera, in seconds of the scene. */
  readonly entersS: number;
  readonly speedMps: number;
  /** Whether the demo's black list names it. */
  readonly listed: boolean;
}

/** The nose's distance at which a vehicle enters the script: just above the picture's upper edge. */
const ENTRY_M = 66;
const COUNTRIES: readonly PlateCountry[] = ['NL', 'B', 'F', 'L'];
/** From entry until the slowest and longest vehicle has left the picture. */
const DRIVE_S = 2.9;
/** Of sixteen vehicles in turn these are listed, one of each country: far from real life, but a demo must not take a day. */
const LISTED: readonly number[] = [1, 4, 10, 15];
const HEADWAY_S = 1.3;
const SEEDS: Readonly<Record<Scene, number>> = { day: 7, night: 8 };
const COLOURS: readonly Colour[] = [
  [188, 192, 196],
  [222, 224, 225],
  [40, 42, 46],
  [70, 75, 82],
  [34, 58, 104],
  [126, 24, 28],
  [112, 118, 124],
  [58, 80, 66],
  [150, 140, 122],
];

/** Who drives past, wholly, during `seconds` of a scene: always the same, and a longer script begins with the shorter one. */
export function demoScript(scene: Scene, seconds: number, seed: number = SEEDS[scene]): readonly DemoVehicle[] {
  const random = seededRandom(seed);
  const lastInLane: Record<DemoLane, number> = { slow: -HEADWAY_S, fast: -HEADWAY_S };
  const vehicles: DemoVehicle[] = [];
  for (let cursorS = 0; ; ) {
    const lane: DemoLane = random() < 0.55 ? 'slow' : 'fast';
    const entersS = Math.max(
      cursorS + between(random, 0.2, 0.7),
      lastInLane[lane] + HEADWAY_S * between(random, 1, 1.4),
    );
    if (entersS > seconds - DRIVE_S) return vehicles;
    vehicles.push(nextVehicle(random, { index: vehicles.length, lane, entersS }));
    lastInLane[lane] = entersS;
    cursorS = Math.min(entersS, cursorS + 0.75);
  }
}

function nextVehicle(
  random: Random,
  { index, lane, entersS }: { readonly index: number; readonly lane: DemoLane; readonly entersS: number },
): DemoVehicle {
  const chance = random();
  const kind: VehicleKind = lane === 'slow' && chance < 0.2 ? 'truck' : chance < 0.38 ? 'van' : 'car';
  const country = index % 9 === 7 ? 'D' : (COUNTRIES[index % COUNTRIES.length] ?? 'NL');
  const printed = inventPlate(country, kind, random);
  return {
    kind,
    country,
    printed,
    text: canonicalText(printed),
    lane,
    entersS,
    colour: kind === 'van' && random() < 0.6 ? [216, 218, 220] : pick(random, COLOURS),
    style: Math.floor(random() * 3),
    plateTilt: between(random, -0.02, 0.02),
    lateralM: between(random, -0.2, 0.2),
    speedMps: lane === 'slow' ? (kind === 'truck' ? 23.5 : between(random, 24, 27)) : between(random, 29, 33),
    listed: LISTED.includes(index % 16),
  };
}

/** How far the vehicle's nose is from the camera. Behind the camera it is negative. */
export function noseDistanceM(vehicle: DemoVehicle, timeS: number): number {
  return ENTRY_M - vehicle.speedMps * (timeS - vehicle.entersS);
}
