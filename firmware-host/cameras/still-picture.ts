import { decodeLuma } from '../../recognizer/picture/decode-luma.ts';
import { reencodeJpeg } from '../../recognizer/picture/encode-jpeg.ts';
import type { Picture } from './camera-context.ts';

/** The picture of a JPEG or PNG file's bytes; throws the picture faults of `decodeLuma`. */
export async function stillPicture(bytes: Uint8Array, timeMs: number): Promise<Picture> {
  return { luma: await decodeLuma(bytes), timeMs, toJpeg: (quality, edit) => reencodeJpeg(bytes, quality, edit) };
}
