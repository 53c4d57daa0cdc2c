import sharp from 'sharp';
import { MAX_PICTURE_PIXELS } from './decode-luma.ts';

export interface JpegLimits {
  readonly mostBytes: number;
  /** In which it was made, 1 to 100: as good, it would be as long again. */
  readonly quality?: number | undefined;
}

/** Quality is given up before size: blocks can be looked past, missing pixels cannot. Each attempt begins with the picture as it came. */
const attempts = [
  { part: 1, quality: 70 },
  { part: 1, quality: 45 },
  { part: 1 / 2, quality: 70 },
  { part: 1 / 4, quality: 60 },
  { part: 1 / 8, quality: 60 },
] as const;

/** The JPEG itself when it is short enough, otherwise in less quality, then smaller; null when nothing is short enough. */
export async function fitJpeg(jpeg: Uint8Array, { mostBytes, quality = 100 }: JpegLimits): Promise<Uint8Array | null> {
  if (jpeg.byteLength <= mostBytes) return jpeg;
  for (const attempt of attempts) {
    if (attempt.part === 1 && attempt.quality >= quality) continue;
    const again = await encodedAgain(jpeg, attempt.part, Math.min(attempt.quality, quality));
    if (again.byteLength <= mostBytes) return again;
  }
  return null;
}

async function encodedAgain(jpeg: Uint8Array, part: number, quality: number): Promise<Uint8Array> {
  const picture = sharp(jpeg, { limitInputPixels: MAX_PICTURE_PIXELS });
  if (part < 1) {
    const { width } = await picture.metadata();
    picture.resize({ width: Math.max(1, Math.round(width * part)) });
  }
  return await picture.jpeg({ quality }).toBuffer();
}
