import sharp from 'sharp';
import type { Luma } from '../luma.ts';
import { MAX_PICTURE_PIXELS, upright } from './decode-luma.ts';
import type { Edit, Pixels } from './pixels.ts';

/**
 * For pictures that somebody waits for: the usual Huffman tables instead of a second pass that makes better ones, in half the
 * time for a file longer by a seventh.
 */
const quickly = { optimiseCoding: false } as const;

/** A packed colour picture: three bytes a pixel, R, G, B, without row padding. */
export interface RgbPicture {
  readonly data: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** A grey JPEG of the picture; quality is 1 to 100. The luma is copied before the call returns. */
export async function encodeLumaJpeg(luma: Luma, quality: number): Promise<Uint8Array> {
  return await sharp(packed(luma), { raw: { width: luma.widthPx, height: luma.heightPx, channels: 1 } })
    .jpeg({ quality, ...quickly })
    .toBuffer();
}

/** A JPEG of these pixels; quality is 1 to 100. */
export async function encodePixelsJpeg(pixels: Pixels, quality: number): Promise<Uint8Array> {
  const { data, widthPx: width, heightPx: height, channels } = pixels;
  return await sharp(data, { raw: { width, height, channels } })
    .jpeg({ quality, ...quickly })
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

/**
 * The picture file as a JPEG in that quality, without the metadata it carried. Where there is something to `edit`, it happens
 * between one decoding and one encoding: the centre waits for a hit's pictures, and coding a scene is most of their time.
 */
export async function reencodeJpeg(bytes: Uint8Array, quality: number, edit?: Edit): Promise<Uint8Array> {
  const source = sharp(bytes, { limitInputPixels: MAX_PICTURE_PIXELS });
  const picture = upright(source, await source.metadata());
  if (edit === undefined) return await picture.jpeg({ quality, ...quickly }).toBuffer();
  const { data, info } = await picture.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const pixels = { data, widthPx: info.width, heightPx: info.height, channels: info.channels };
  edit(pixels);
  return await encodePixelsJpeg(pixels, quality);
}
