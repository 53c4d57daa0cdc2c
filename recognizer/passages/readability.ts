import type { Luma } from '../luma.ts';
import type { Corners, Point } from '../plate.ts';
import { placeOf } from './plate-geometry.ts';

/** Samples of the plate's area: enough to see edges of characters, few enough to cost a dozen microseconds. */
const ACROSS = 96;
const DOWN = 8;
/** Characters are read well from this height on; larger plates gain little. */
const FULL_HEIGHT_PX = 32;
/** From this brightness on a sample counts as saturated. */
const SATURATED = 250;
/** The part of the plate that may be saturated before it counts as glare: infra-red plates are white to the limit. */
const HARMLESS_SATURATION = 0.35;
/** The detector's corners err by a part of the plate's height; a plate that crosses the border further is cut. */
const SLACK = 0.15;

/**
 * How well a person could read this plate in this picture, 0 to 1: size, contrast, sharpness of edges across it, glare, and
 * whether all of it is in the picture. It orders the sightings of one vehicle; it is no probability.
 */
export function readabilityOf(luma: Luma, corners: Corners): number {
  const samples = sampled(luma, corners);
  if (samples === null) return 0;
  const levels = new Uint16Array(256);
  const steps = new Uint16Array(256);
  for (let start = 0; start < samples.length; start += ACROSS) {
    let before = samples[start] as number;
    count(levels, before);
    for (let at = start + 1; at < start + ACROSS; at++) {
      const value = samples[at] as number;
      count(levels, value);
      count(steps, Math.abs(value - before));
      before = value;
    }
  }
  const spread = quantile(levels, samples.length, 0.95) - quantile(levels, samples.length, 0.05);
  const size = Math.min(1, placeOf(corners).heightPx / FULL_HEIGHT_PX);
  const contrast = Math.min(1, spread / 100);
  const sharpness = spread === 0 ? 0 : Math.min(1, quantile(steps, samples.length - DOWN, 0.9) / (0.5 * spread));
  const saturated = levels.subarray(SATURATED).reduce((sum, value) => sum + value, 0);
  const glare = Math.max(0, saturated / samples.length - HARMLESS_SATURATION) / (1 - HARMLESS_SATURATION);
  return size * Math.sqrt(contrast * sharpness) * (1 - glare);
}

/** Brightness on a grid over the quadrilateral, row after row; null when a part of the plate lies outside the picture. */
function sampled(luma: Luma, [a, b, c, d]: Corners): Uint8Array | null {
  const right = luma.widthPx - 1;
  const bottom = luma.heightPx - 1;
  const slack = SLACK * placeOf([a, b, c, d]).heightPx;
  const whole = ([x, y]: Point) => x >= -slack && y >= -slack && x <= right + slack && y <= bottom + slack;
  if (![a, b, c, d].every(whole)) return null;
  const samples = new Uint8Array(ACROSS * DOWN);
  for (let row = 0; row < DOWN; row++) {
    const start = between(a, d, (row + 0.5) / DOWN);
    const end = between(b, c, (row + 0.5) / DOWN);
    for (let column = 0; column < ACROSS; column++) {
      const [x, y] = between(start, end, (column + 0.5) / ACROSS);
      samples[row * ACROSS + column] = luma.data[clamp(y, bottom) * luma.strideBytes + clamp(x, right)] ?? 0;
    }
  }
  return samples;
}

function between(from: Point, to: Point, part: number): Point {
  return [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part];
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(Math.round(value), 0), most);
}

function count(counts: Uint16Array, value: number): void {
  counts[value] = (counts[value] as number) + 1;
}

/** The value that stands at this part of so many in order, of which there are `counts` of each. */
function quantile(counts: Uint16Array, all: number, part: number): number {
  let left = Math.min(all - 1, Math.floor(all * part));
  let value = 0;
  while (left >= (counts[value] as number)) left -= counts[value++] as number;
  return value;
}
