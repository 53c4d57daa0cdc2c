import type { Luma } from '../luma.ts';
import type { Corners, Point } from '../plate.ts';
import { placeOf } from './plate-geometry.ts';

/** Samples of the plate's area: enough to see edges of characters, few enough to cost about 20 microseconds. */
const ACROSS = 96;
const DOWN = 8;
/** Characters are read well from this height on; larger plates gain little. */
const FULL_HEIGHT_PX = 32;
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
  const steps: number[] = [];
  let saturated = 0;
  for (let at = 0; at < samples.length; at++) {
    const value = samples[at] ?? 0;
    if (value >= 250) saturated++;
    if (at % ACROSS > 0) steps.push(Math.abs(value - (samples[at - 1] ?? 0)));
  }
  const ordered = samples.slice().sort();
  const spread = quantile(ordered, 0.95) - quantile(ordered, 0.05);
  const size = Math.min(1, placeOf(corners).heightPx / FULL_HEIGHT_PX);
  const contrast = Math.min(1, spread / 100);
  const sharpness = spread === 0 ? 0 : Math.min(1, quantile(Uint8Array.from(steps).sort(), 0.9) / (0.5 * spread));
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

function quantile(ordered: Uint8Array, part: number): number {
  return ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * part))] ?? 0;
}
