import sharp from 'sharp';
import type { Luma } from '../luma.ts';
import { MAX_PICTURE_PIXELS } from './decode-luma.ts';

/** A packed colour picture: three bytes a pixel, R, G, B, without row padding. */
export interface RgbPicture {
  readonly data: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** A grey JPEG of the picture; quality is 1 to 100. The luma is copied before the call returns. */
export async function encodeLumaJpeg(luma: Luma, quality: number): Promise<Uint8Array> {
  return await sharp(packed(luma), { raw: { width: luma.widthPx, height: luma.heightPx, channels: 1 } })
    .jpeg({ quality })
    .toBuffer();
}

/** A colour JPEG of the picture; quality is 1 to 100. */
export async function encodeRgbJpeg(picture: RgbPicture, quality: number): Promise<Uint8Array> {
  return await sharp(picture.data, { raw: { width: picture.widthPx, height: picture.heightPx, channels: 3 } })
    .jpeg({ quality })
    .toBuffer();
}

/** Rows without padding in memory of its own: sharp reads after the caller may have reused the buffer. */
function packed(luma: Luma): Uint8Array {
  const { data, widthPx, heightPx, strideBytes } = luma;
  const rows = new Uint8Array(widthPx * heightPx);
  for (let y = 0; y < heightPx; y++) {
    rows.set(data.subarray(y * strideBytes, y * strideBytes + widthPx), y * widthPx);
  }
  return rows;
}

/** The picture file as a colour JPEG in that quality, without the metadata it carried. */
export async function reencodeJpeg(bytes: Uint8Array, quality: number): Promise<Uint8Array> {
  return await sharp(bytes, { limitInputPixels: MAX_PICTURE_PIXELS })
    .autoOrient()
    .flatten()
    .jpeg({ quality })
    .toBuffer();
}
