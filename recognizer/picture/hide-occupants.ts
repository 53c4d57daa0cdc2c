import sharp from 'sharp';
import type { Corners, Point } from '../plate.ts';
import { MAX_PICTURE_PIXELS } from './decode-luma.ts';

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
 * The JPEG with what is above these plates made so coarse that nobody in the vehicles can be recognised. Where windows are is
 * taken from the plate alone, so it is rather too much than too little; shape and colour of a vehicle remain.
 */
export async function hideOccupants(
  jpeg: Uint8Array,
  plates: readonly Corners[],
  quality: number,
): Promise<Uint8Array> {
  const picture = sharp(jpeg, { limitInputPixels: MAX_PICTURE_PIXELS });
  const { width, height } = await picture.metadata();
  const layers = [];
  for (const plate of plates) {
    const outline = cabin(plate)
      .map((point) => point.join(','))
      .join(' ');
    const mask = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><polygon points="${outline}"/></svg>`;
    const coarsePx = Math.max(4, widthOf(plate) * COARSE_WIDTHS);
    const coarse = await sharp(jpeg, { limitInputPixels: MAX_PICTURE_PIXELS })
      .resize(Math.max(1, Math.round(width / coarsePx)), Math.max(1, Math.round(height / coarsePx)), { fit: 'fill' })
      .png()
      .toBuffer();
    const input = await sharp(coarse)
      .resize(width, height, { fit: 'fill', kernel: 'cubic' })
      .ensureAlpha()
      .composite([{ input: Buffer.from(mask), blend: 'dest-in' }])
      .png({ compressionLevel: 1 })
      .toBuffer();
    layers.push({ input });
  }
  return await picture.composite(layers).jpeg({ quality }).toBuffer();
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
