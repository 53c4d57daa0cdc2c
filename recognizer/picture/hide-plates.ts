import type { Corners, Point } from '../plate.ts';
import { type Pixels, spansOf } from './pixels.ts';

/** Each plate is covered with this share of its size beyond its corners, because detectors cut close. */
const grow = 0.25;

/** Covers these plates: the scene of a hit must not tell who drove beside it. */
export function hidePlates(pixels: Pixels, plates: readonly Corners[]): void {
  const { data, widthPx, channels } = pixels;
  for (const corners of plates)
    for (const { y, from, to } of spansOf(grown(corners), pixels))
      data.fill(0, (y * widthPx + from) * channels, (y * widthPx + to) * channels);
}

function grown(corners: Corners): readonly Point[] {
  const x = corners.reduce((sum, corner) => sum + corner[0], 0) / corners.length;
  const y = corners.reduce((sum, corner) => sum + corner[1], 0) / corners.length;
  return corners.map((corner) => [x + (corner[0] - x) * (1 + grow), y + (corner[1] - y) * (1 + 2 * grow)]);
}
