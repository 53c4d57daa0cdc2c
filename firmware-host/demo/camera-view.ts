/** Metres on the road: x to the right of the picture, y away from the camera, z above the asphalt. */
export type RoadPoint = readonly [x: number, y: number, z: number];

export const FRAME_WIDTH_PX = 1280;
export const FRAME_HEIGHT_PX = 720;

/**
 * A telephoto camera on a gantry, five metres above the road, looking 8 degrees down on two lanes. Plates enter the
 * picture about 45 px wide at sixty metres and leave it about 125 px wide at twenty-one.
 */
export const CAMERA_HEIGHT_M = 5;
const FOCAL_LENGTH_PX = 5200;
const PITCH_RAD = (8.2 * Math.PI) / 180;
const SINE = Math.sin(PITCH_RAD);
const COSINE = Math.cos(PITCH_RAD);
/** What is nearer than this is behind the lens or far outside of the picture. */
const NEAREST_M = 0.5;

/** Where a point of the road lies in the picture, in pixels, with a pinhole camera. */
export function project([x, y, z]: RoadPoint): readonly [u: number, v: number] {
  const below = CAMERA_HEIGHT_M - z;
  const scale = FOCAL_LENGTH_PX / Math.max(NEAREST_M, y * COSINE + below * SINE);
  return [FRAME_WIDTH_PX / 2 + x * scale, FRAME_HEIGHT_PX / 2 + (below * COSINE - y * SINE) * scale];
}

/** Pixels a metre across the line of sight, at a point of the road. */
export function pixelsPerMetre([, y, z]: RoadPoint): number {
  return FOCAL_LENGTH_PX / Math.max(NEAREST_M, y * COSINE + (CAMERA_HEIGHT_M - z) * SINE);
}

/** The point of the asphalt that a picture row shows: its distance, and how many pixels a metre is there. */
export function groundAtRow(v: number): { readonly y: number; readonly acrossPx: number; readonly alongPx: number } {
  const down = (v - FRAME_HEIGHT_PX / 2) / FOCAL_LENGTH_PX;
  const y = (CAMERA_HEIGHT_M * (COSINE - down * SINE)) / (SINE + down * COSINE);
  const acrossPx = pixelsPerMetre([0, y, 0]);
  return { y, acrossPx, alongPx: (acrossPx * CAMERA_HEIGHT_M) / y };
}
