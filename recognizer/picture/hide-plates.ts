import type { Corners, Point } from '../plate.ts';
import { editJpeg, spansOf } from './edit-jpeg.ts';

/** Each plate is covered with this share of its size beyond its corners, because detectors cut close. */
const grow = 0.25;

/** The JPEG with these plates covered: the scene of a hit must not tell who drove beside it. */
export async function hidePlates(jpeg: Uint8Array, plates: readonly Corners[], quality: number): Promise<Uint8Array> {
  return await editJpeg(jpeg, quality, (pixels) => {
    const { data, widthPx, channels } = pixels;
    for (const corners of plates)
      for (const { y, from, to } of spansOf(grown(corners), pixels))
        data.fill(0, (y * widthPx + from) * channels, (y * widthPx + to) * channels);
  });
}

function grown(corners: Corners): readonly Point[] {
  const x = corners.reduce((sum, corner) => sum + corner[0], 0) / corners.length;
  const y = corners.reduce((sum, corner) => sum + corner[1], 0) / corners.length;
  return corners.map((corner) => [x + (corner[0] - x) * (1 + grow), y + (corner[1] - y) * (1 + 2 * grow)]);
}
