import { rasteriseSvg } from '../../recognizer/picture/rasterise-svg.ts';
import { FRAME_HEIGHT_PX, FRAME_WIDTH_PX, pixelsPerMetre } from './camera-view.ts';
import { drawCar } from './car-drawing.ts';
import { addGlow, type FramePicture, pasteOver, soften } from './frame-picture.ts';
import { LANE_MIDDLES_M, motorwayBackground } from './motorway-background.ts';
import type { Scene } from './paint.ts';
import { SensorGrain } from './sensor-grain.ts';
import { type DemoVehicle, noseDistanceM } from './sequence.ts';
import { drawTruck } from './truck-drawing.ts';
import { drawVan } from './van-drawing.ts';
import { VehicleDrawing } from './vehicle-drawing.ts';
import type { DrawnVehicle, VehicleLook } from './vehicle-parts.ts';

/** Where a plate is in a frame: clockwise from its top left, in pixels. */
export interface PlateSighting {
  readonly vehicle: DemoVehicle;
  readonly corners: readonly (readonly [u: number, v: number])[];
}

const DRAWERS: Readonly<Record<DemoVehicle['kind'], (drawing: VehicleDrawing, look: VehicleLook) => DrawnVehicle>> = {
  car: drawCar,
  van: drawVan,
  truck: drawTruck,
};

/** Nearer than this the nose is under the camera; the longest vehicle has left the picture. */
const GONE_M = 1;
const SMEAR_PX = 60;
const GRAIN_DEVIATION: Readonly<Record<Scene, number>> = { day: 2.6, night: 4 };
/** By day the lamps are daytime running lights; at night low beams that dazzle an infra-red camera a little. */
const GLOW: Readonly<Record<Scene, number>> = { day: 0.03, night: 1 };

/** A camera picture of the road at any moment of a script. The empty road is drawn once, each vehicle in each frame. */
export class MotorwayScene {
  readonly #scene: Scene;
  readonly #road: FramePicture;
  readonly #grain: SensorGrain;

  private constructor(scene: Scene, road: FramePicture) {
    this.#scene = scene;
    this.#road = road;
    this.#grain = new SensorGrain(scene === 'day' ? 5 : 6, GRAIN_DEVIATION[scene], FRAME_WIDTH_PX * FRAME_HEIGHT_PX);
  }

  static async prepare(scene: Scene): Promise<MotorwayScene> {
    return new MotorwayScene(scene, await motorwayBackground(scene));
  }

  /** Draws the road at `timeS`, the farthest vehicle first, into a picture of its own. */
  async frame(
    vehicles: readonly DemoVehicle[],
    timeS: number,
  ): Promise<{ readonly picture: FramePicture; readonly plates: readonly PlateSighting[] }> {
    const picture: FramePicture = { ...this.#road, data: this.#road.data.slice() };
    const plates: PlateSighting[] = [];
    const onRoad = vehicles
      .map((vehicle) => ({ vehicle, distanceM: noseDistanceM(vehicle, timeS) }))
      .filter(({ vehicle, distanceM }) => timeS >= vehicle.entersS && distanceM > GONE_M)
      .sort((a, b) => b.distanceM - a.distanceM);
    for (const { vehicle, distanceM } of onRoad) {
      const corners = await this.#drive(picture, vehicle, distanceM);
      if (corners !== null) plates.push({ vehicle, corners });
    }
    this.#grain.lay(picture);
    return { picture, plates };
  }

  /** Lays one vehicle over the picture; returns its plate's corners when the whole plate is inside. */
  async #drive(
    picture: FramePicture,
    vehicle: DemoVehicle,
    distanceM: number,
  ): Promise<PlateSighting['corners'] | null> {
    const nose = [LANE_MIDDLES_M[vehicle.lane] + vehicle.lateralM, distanceM, 0] as const;
    const drawing = new VehicleDrawing(this.#scene, nose);
    const { lamps, plate } = DRAWERS[vehicle.kind](drawing, vehicle);
    const drawn = drawing.svg();
    if (drawn === null) return null;
    pasteOver(picture, await rasteriseSvg(drawn.svg), drawn.box);
    // Of a vehicle whose nose has left the picture only plain roof is seen: softening that would show nothing.
    if (drawing.pixel([0, 0, 0])[1] < FRAME_HEIGHT_PX + SMEAR_PX) {
      const nearness = Math.min(1, pixelsPerMetre(nose) / 250);
      soften(picture, drawn.box, { across: 0.16, along: 0.16 + 0.1 * nearness });
    }
    for (const lamp of lamps) {
      const radiusPx = lamp.radiusM * pixelsPerMetre([nose[0], distanceM, lamp.at[2]]);
      addGlow(picture, drawing.pixel(lamp.at), radiusPx, GLOW[this.#scene]);
    }
    const corners = plate.map((corner) => drawing.pixel(corner));
    return corners.every(([u, v]) => u > 2 && v > 2 && u < FRAME_WIDTH_PX - 2 && v < FRAME_HEIGHT_PX - 2)
      ? corners
      : null;
  }
}
