import type { Corners, Point } from '../plate.ts';
import { type Pixels, spansOf } from './pixels.ts';

/**
 * Where people sit, in widths of the plate (0.52 m) from its middle: from just above a car's bonnet to the roof of a lorry's
 * cab, and as wide as a lorry. Cars of 1.4 m and cabs of 3.5 m height were taken, plates 0.3 to 0.6 m above the road.
 */
const FROM_WIDTHS = 0.9;
const TO_WIDTHS = 6;
const BESIDE_WIDTHS = 2.4;
/** A coarse picture's pixel is so many widths of the plate: a face is then less than one. */
const COARSE_WIDTHS = 0.6;

/**
 * Makes what is above these plates so coarse that nobody in the vehicles can be recognised. Where windows are is taken from
 * the plate alone, so it is rather too much than too little; shape and colour of a vehicle remain.
 */
export function hideOccupants(pixels: Pixels, plates: readonly Corners[]): void {
  for (const plate of plates) coarsen(pixels, cabin(plate), Math.max(4, widthOf(plate) * COARSE_WIDTHS));
}

/** Gives each pixel in the outline what lies between the means of the coarse cells around it. */
function coarsen(pixels: Pixels, outline: readonly Point[], cellPx: number): void {
  const { data, widthPx, heightPx, channels } = pixels;
  const spans = [...spansOf(outline, pixels)];
  if (spans.length === 0) return;
  const left = Math.min(...spans.map(({ from }) => from));
  const top = spans[0]?.y ?? 0;
  const right = Math.max(...spans.map(({ to }) => to));
  const columns = Math.ceil((right - left) / cellPx);
  const rows = Math.ceil(((spans.at(-1)?.y ?? top) + 1 - top) / cellPx);
  const means = new Float32Array(rows * columns * channels);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const x = {
        from: Math.floor(left + column * cellPx),
        to: Math.min(widthPx, Math.ceil(left + (column + 1) * cellPx)),
      };
      const y = { from: Math.floor(top + row * cellPx), to: Math.min(heightPx, Math.ceil(top + (row + 1) * cellPx)) };
      means.set(meanOf(pixels, x, y), (row * columns + column) * channels);
    }
  const across = Array.from({ length: right - left }, (_, x) => between((x + 0.5) / cellPx - 0.5, columns));
  const line = new Float32Array(columns * channels);
  for (const { y, from, to } of spans) {
    const { low, high, share } = between((y + 0.5 - top) / cellPx - 0.5, rows);
    for (let at = 0; at < line.length; at++)
      line[at] = (means[low * line.length + at] ?? 0) * (1 - share) + (means[high * line.length + at] ?? 0) * share;
    for (let x = from, at = (y * widthPx + from) * channels; x < to; x++) {
      const cells = across[x - left];
      if (cells === undefined) break;
      const [before, after, part] = [cells.low * channels, cells.high * channels, cells.share];
      for (let channel = 0; channel < channels; channel++, at++)
        data[at] = (line[before + channel] ?? 0) * (1 - part) + (line[after + channel] ?? 0) * part;
    }
  }
}

interface Run {
  readonly from: number;
  readonly to: number;
}

function meanOf({ data, widthPx, channels }: Pixels, x: Run, y: Run): readonly number[] {
  const sums = Array.from({ length: channels }, () => 0);
  for (let row = y.from; row < y.to; row++)
    for (let at = (row * widthPx + x.from) * channels, end = (row * widthPx + x.to) * channels; at < end; )
      for (let channel = 0; channel < channels; channel++) sums[channel] = (sums[channel] ?? 0) + (data[at++] ?? 0);
  const count = Math.max(1, (x.to - x.from) * (y.to - y.from));
  return sums.map((sum) => sum / count);
}

/** The cells on both sides of a place, and how near it is to the second; at the edges there is but one. */
function between(
  place: number,
  cells: number,
): { readonly low: number; readonly high: number; readonly share: number } {
  const inside = Math.min(Math.max(place, 0), cells - 1);
  const low = Math.floor(inside);
  return { low, high: Math.min(low + 1, cells - 1), share: inside - low };
}

function widthOf([a, b, c, d]: Corners): number {
  return Math.max(1, (Math.hypot(b[0] - a[0], b[1] - a[1]) + Math.hypot(c[0] - d[0], c[1] - d[1])) / 2);
}

/** The quadrilateral above a plate, upright to its own level, in which windows may be. */
function cabin(plate: Corners): readonly Point[] {
  const [a, b, c, d] = plate;
  const widthPx = widthOf(plate);
  const alongX = b[0] - a[0] + c[0] - d[0];
  const alongY = b[1] - a[1] + c[1] - d[1];
  const length = Math.hypot(alongX, alongY) || 1;
  const right = [(alongX / length) * widthPx, (alongY / length) * widthPx] as const;
  const up = [right[1], -right[0]] as const;
  const x = (a[0] + b[0] + c[0] + d[0]) / 4;
  const y = (a[1] + b[1] + c[1] + d[1]) / 4;
  const at = (across: number, high: number): Point => [
    x + right[0] * across + up[0] * high,
    y + right[1] * across + up[1] * high,
  ];
  return [
    at(-BESIDE_WIDTHS, TO_WIDTHS),
    at(BESIDE_WIDTHS, TO_WIDTHS),
    at(BESIDE_WIDTHS, FROM_WIDTHS),
    at(-BESIDE_WIDTHS, FROM_WIDTHS),
  ];
}
