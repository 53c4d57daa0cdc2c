import sharp from 'sharp';
import type { Corners, Point } from '../plate.ts';
import { MAX_PICTURE_PIXELS } from './decode-luma.ts';

/** Each plate is covered with this share of its size beyond its corners, because detectors cut close. */
const grow = 0.25;

/** The JPEG with these plates covered: the scene of a hit must not tell who drove beside it. */
export async function hidePlates(jpeg: Uint8Array, plates: readonly Corners[], quality: number): Promise<Uint8Array> {
  const picture = sharp(jpeg, { limitInputPixels: MAX_PICTURE_PIXELS });
  const { width, height } = await picture.metadata();
  const covers = plates.map(
    (corners) =>
      `<polygon points="${grown(corners)
        .map((point) => point.join(','))
        .join(' ')}"/>`,
  );
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${covers.join('')}</svg>`;
  return await picture
    .composite([{ input: Buffer.from(drawing) }])
    .jpeg({ quality })
    .toBuffer();
}

function grown(corners: Corners): readonly Point[] {
  const x = corners.reduce((sum, corner) => sum + corner[0], 0) / corners.length;
  const y = corners.reduce((sum, corner) => sum + corner[1], 0) / corners.length;
  return corners.map((corner) => [x + (corner[0] - x) * (1 + grow), y + (corner[1] - y) * (1 + 2 * grow)]);
}
