import { rasteriseSvg } from '../../recognizer/picture/rasterise-svg.ts';
import { FRAME_HEIGHT_PX, FRAME_WIDTH_PX, groundAtRow, type RoadPoint } from './camera-view.ts';
import { type FramePicture, pasteOver, soften } from './frame-picture.ts';
import type { Scene } from './paint.ts';
import { seededRandom } from './seeded-random.ts';
import { VehicleDrawing } from './vehicle-drawing.ts';

/** The middle of each lane, in metres from the camera. Traffic comes towards the camera and keeps right: picture left. */
export const LANE_MIDDLES_M = { slow: -1.9, fast: 1.6 } as const;

const ROAD_MIDDLE_M = -0.15;
const LANE_EDGE_M = 3.5;
const SHOULDER_EDGE_M = -5.3;
const MEDIAN_EDGE_M = 4.2;
const RAIL_LEFT_M = -5.75;
const RAIL_RIGHT_M = 4.6;
const NOISE_SIZE = 256;

/** The empty road: asphalt in perspective, markings, verges and guard rails. Drawn once a scene. */
export async function motorwayBackground(scene: Scene): Promise<FramePicture> {
  const noise = noiseTable(scene === 'day' ? 11 : 12);
  const data = new Uint8ClampedArray(FRAME_WIDTH_PX * FRAME_HEIGHT_PX * 3);
  for (let v = 0; v < FRAME_HEIGHT_PX; v++) {
    const ground = groundAtRow(v + 0.5);
    for (let u = 0; u < FRAME_WIDTH_PX; u++) {
      const x = (u + 0.5 - FRAME_WIDTH_PX / 2) / ground.acrossPx;
      const [red, green, blue] = surfaceColour(x, ground, noise);
      const at = (v * FRAME_WIDTH_PX + u) * 3;
      const grey = scene === 'day' ? 0 : seenInInfrared(red, green, blue) * infraredBeam(u, v);
      data[at] = scene === 'day' ? red : grey;
      data[at + 1] = scene === 'day' ? green : grey;
      data[at + 2] = scene === 'day' ? blue : grey;
    }
  }
  const picture: FramePicture = { data, widthPx: FRAME_WIDTH_PX, heightPx: FRAME_HEIGHT_PX };
  await drawGuardRails(picture, scene);
  soften(
    picture,
    { left: 0, top: 0, widthPx: FRAME_WIDTH_PX, heightPx: FRAME_HEIGHT_PX },
    { across: 0.16, along: 0.16 },
  );
  return picture;
}

type Ground = ReturnType<typeof groundAtRow>;
type Noise = (x: number, y: number) => number;

function surfaceColour(x: number, ground: Ground, noise: Noise): readonly [number, number, number] {
  const { y, acrossPx } = ground;
  const offRoad = covered(x < 0 ? SHOULDER_EDGE_M - x : x - MEDIAN_EDGE_M, acrossPx);
  const [red, green, blue] = asphalt(x, y, noise);
  const fresh = markings(x, ground);
  const paint = fresh === 0 ? 0 : fresh * (0.8 + 0.25 * noise(x * 3, y * 1.5));
  const road = [red + (218 - red) * paint, green + (218 - green) * paint, blue + (212 - blue) * paint] as const;
  if (offRoad === 0) return road;
  const tuft = noise(x * 2.2, y * 0.8) + 0.7 * noise(x * 9, y * 4);
  const grass = [94 + tuft * 32, 104 + tuft * 32, 66 + tuft * 24] as const;
  return [
    road[0] + (grass[0] - road[0]) * offRoad,
    road[1] + (grass[1] - road[1]) * offRoad,
    road[2] + (grass[2] - road[2]) * offRoad,
  ];
}

/** Grey with coarse stone, worn wheel tracks that shine a little, an oil-dark middle, and a seam between the lanes. */
function asphalt(x: number, y: number, noise: Noise): readonly [number, number, number] {
  let grey = 118 + 7 * noise(x * 0.35, y * 0.06) + 5 * noise(x * 5, y * 2.2) + 6 * noise(x * 31, y * 9);
  grey += 15 * noise(x * 190, y * 24);
  const middle = x - ROAD_MIDDLE_M;
  if (Math.abs(middle) < LANE_EDGE_M) {
    const inLane = Math.abs(Math.abs(middle) - LANE_EDGE_M / 2);
    grey += 8 * bell(inLane - 0.78, 0.28) - 9 * bell(inLane, 0.32);
    grey -= 9 * bell(middle - 0.14, 0.03);
  } else grey -= 8;
  const crack = Math.abs(y - 41.3 - 0.3 * noise(x * 1.3, 3) - 0.1 * noise(x * 9, 3));
  if (middle > -3.1 && middle < 0.2) grey -= 24 * bell(crack, 0.05);
  return [grey, grey + 0.5, grey + 2.5];
}

/** How much of the pixel is white paint: solid edge lines, and dashes of three metres with gaps of nine. */
function markings(x: number, { y, acrossPx, alongPx }: Ground): number {
  const middle = x - ROAD_MIDDLE_M;
  const edge = stripe(Math.abs(middle) - LANE_EDGE_M, 0.085, acrossPx);
  const phase = (((y + 4) % 12) + 12) % 12;
  return Math.max(edge, covered(1.5 - Math.abs(phase - 1.5), alongPx) * stripe(middle, 0.07, acrossPx));
}

function stripe(offset: number, halfWidth: number, pxPerMetre: number): number {
  return covered(halfWidth - Math.abs(offset), pxPerMetre);
}

/** Anti-aliasing: the share of a pixel inside of an edge that lies `insideM` away. */
function covered(insideM: number, pxPerMetre: number): number {
  return Math.max(0, Math.min(1, insideM * pxPerMetre + 0.5));
}

function bell(distance: number, width: number): number {
  return Math.exp(-((distance / width) ** 2));
}

/** Road paint holds glass beads that send the light back; asphalt and earth do not. */
function seenInInfrared(red: number, green: number, blue: number): number {
  const luma = 0.3 * red + 0.59 * green + 0.11 * blue;
  return luma + Math.max(0, luma - 150) * 2;
}

/** The camera's infra-red lamp lights the middle of the picture; everything else is night. */
function infraredBeam(u: number, v: number): number {
  const across = (u - FRAME_WIDTH_PX / 2) / 760;
  const down = (v - FRAME_HEIGHT_PX * 0.55) / 520;
  return 0.07 + 0.24 * Math.exp(-1.3 * (across * across + down * down));
}

/** Smooth noise from -1 to 1 that repeats after 256 cells, looked up with linear interpolation. */
function noiseTable(seed: number): Noise {
  const random = seededRandom(seed);
  const table = Float32Array.from({ length: NOISE_SIZE * NOISE_SIZE }, () => random() * 2 - 1);
  const cell = (i: number, j: number): number => table[(j & 255) * NOISE_SIZE + (i & 255)] ?? 0;
  return (x, y) => {
    const i = Math.floor(x);
    const j = Math.floor(y);
    const a = x - i;
    const b = y - j;
    const upper = cell(i, j) * (1 - a) + cell(i + 1, j) * a;
    const lower = cell(i, j + 1) * (1 - a) + cell(i + 1, j + 1) * a;
    return upper * (1 - b) + lower * b;
  };
}

/** A W-beam on posts every two metres along both sides. */
async function drawGuardRails(picture: FramePicture, scene: Scene): Promise<void> {
  const drawing = new VehicleDrawing(scene, [0, 0, 0]);
  for (const railX of [RAIL_LEFT_M, RAIL_RIGHT_M]) {
    drawing.face(strip(railX - 0.02, railX + 0.3, 0.01, 0.01), [0, 0, 0], { opacity: 0.25 });
    for (let y = 96; y > 16; y -= 2) {
      const post: RoadPoint[] = [
        [railX - 0.05, y, 0],
        [railX + 0.05, y, 0],
        [railX + 0.05, y, 0.72],
        [railX - 0.05, y, 0.72],
      ];
      drawing.face(post, [96, 98, 100]);
    }
    drawing.face(strip(railX, railX, 0.46, 0.78), [126, 130, 133]);
    drawing.face(strip(railX, railX, 0.68, 0.76), [176, 180, 183]);
    drawing.face(strip(railX, railX, 0.58, 0.64), [92, 95, 98]);
    drawing.face(strip(railX, railX, 0.49, 0.54), [158, 162, 165]);
    drawing.face(strip(railX - 0.03, railX + 0.03, 0.78, 0.78), [206, 208, 209]);
  }
  const drawn = drawing.svg();
  if (drawn !== null) pasteOver(picture, await rasteriseSvg(drawn.svg), drawn.box);
}

/** A long band beside the road between two heights. */
function strip(nearX: number, farX: number, lowZ: number, highZ: number): readonly RoadPoint[] {
  return [
    [nearX, 96, highZ],
    [nearX, 14, highZ],
    [farX, 14, lowZ],
    [farX, 96, lowZ],
  ];
}
