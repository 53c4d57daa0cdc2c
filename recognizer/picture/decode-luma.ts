import sharp, { type Metadata, type Sharp } from 'sharp';
import { Fault } from '../../config/foundation/fault.ts';
import type { Luma } from '../luma.ts';

/** Above this many pixels a picture is refused before it is decoded: a small file can claim to be very large. */
export const MAX_PICTURE_PIXELS = 50_000_000;

/**
 * Decodes a JPEG, PNG or WebP picture to its luminance.
 * Faults: `picture/empty`, `picture/too-large`, `picture/unreadable` (not a picture, truncated or corrupt).
 */
export async function decodeLuma(bytes: Uint8Array): Promise<Luma> {
  if (bytes.byteLength === 0) throw new Fault('picture/empty', 'the picture is empty');
  const header = await headerOf(bytes);
  try {
    const picture = upright(sharp(bytes, { limitInputPixels: MAX_PICTURE_PIXELS, failOn: 'error' }), header);
    const { data, info } = await picture.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    const luma = info.channels === 1 ? data : lumaOfRgb(data, info.channels);
    return { data: luma, widthPx: info.width, heightPx: info.height, strideBytes: info.width };
  } catch (cause) {
    throw new Fault('picture/unreadable', 'the picture is corrupt or truncated', { cause });
  }
}

/** What a picture file says of itself before its pixels. */
export interface PictureHeader {
  readonly orientation?: number | undefined;
  readonly hasAlpha?: boolean | undefined;
}

/** The picture upright and without transparency; what a camera sends is so already, and is spared a pass over its pixels. */
export function upright(picture: Sharp, { orientation = 1, hasAlpha = false }: PictureHeader): Sharp {
  const turned = orientation === 1 ? picture : picture.autoOrient();
  return hasAlpha ? turned.flatten() : turned;
}

/**
 * ITU-R BT.601 luma, as in a camera's JPEG and in the decoder's Y plane. Sharp's own greyscale is a linear-light
 * luminance (red becomes 127 instead of 76), which the models never see from a video.
 */
function lumaOfRgb(data: Uint8Array, channels: number): Uint8Array {
  const luma = new Uint8Array(data.length / channels);
  for (let pixel = 0, at = 0; pixel < luma.length; pixel++, at += channels) {
    const red = data[at] ?? 0;
    const green = data[at + 1] ?? 0;
    const blue = data[at + 2] ?? 0;
    luma[pixel] = (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16;
  }
  return luma;
}

/** The size is read from the header alone, without a pixel limit, so that the two faults can be told apart by code. */
async function headerOf(bytes: Uint8Array): Promise<PictureHeader> {
  let header: Metadata;
  try {
    header = await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (cause) {
    throw new Fault('picture/unreadable', 'not a picture in a known format', { cause });
  }
  const pixels = header.width * header.height;
  if (pixels > MAX_PICTURE_PIXELS) {
    throw new Fault('picture/too-large', `the picture has ${Math.round(pixels / 1e6)} megapixels; at most 50 are read`);
  }
  return header;
}
