import type { Frame as AvFrame } from 'node-av/lib';
import { Fault } from '../../config/foundation/fault.ts';
import type { Luma } from '../../recognizer/luma.ts';
import { encodePixelsJpeg } from '../../recognizer/picture/encode-jpeg.ts';
import type { Edit, Pixels } from '../../recognizer/picture/pixels.ts';
import type { Av } from './av-library.ts';

/** A decoded picture in memory of its own. */
export interface DecodedPicture {
  readonly luma: Luma;
  /** Milliseconds of the stream's own time; null where the stream has none. */
  readonly streamMs: number | null;
  toJpeg(quality: number, edit?: Edit): Promise<Uint8Array>;
}

/** The planes Y, U and V (4:2:0) one after the other without row padding. */
interface Yuv {
  readonly data: Buffer;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly colorSpace: AvFrame['colorSpace'];
  readonly colorRange: AvFrame['colorRange'];
}

/**
 * The picture of a decoded frame. node-av's planes are windows on FFmpeg's memory, which its decoder reuses, so
 * they are copied once; Y is handed out as it is, without colour conversion.
 */
export function pictureOf(av: Av, frame: AvFrame, streamMs: number | null): DecodedPicture {
  const yuv = planesOf(av, frame);
  return {
    luma: {
      data: yuv.data.subarray(0, yuv.widthPx * yuv.heightPx),
      widthPx: yuv.widthPx,
      heightPx: yuv.heightPx,
      strideBytes: yuv.widthPx,
    },
    streamMs,
    toJpeg: (quality, edit) => jpegOf(av, yuv, quality, edit),
  };
}

function planesOf(av: Av, frame: AvFrame): Yuv {
  const { AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P } = av.constants;
  const { width: widthPx, height: heightPx, colorSpace, colorRange } = frame;
  const usual = frame.format === AV_PIX_FMT_YUV420P || frame.format === AV_PIX_FMT_YUVJ420P;
  if (usual) return { data: frame.toBuffer(), widthPx, heightPx, colorSpace, colorRange };
  const converted = convertedTo(av, frame, AV_PIX_FMT_YUV420P);
  try {
    return { data: converted.toBuffer(), widthPx, heightPx, colorSpace, colorRange: converted.colorRange };
  } finally {
    converted.free();
  }
}

async function jpegOf(av: Av, yuv: Yuv, quality: number, edit?: Edit): Promise<Uint8Array> {
  const { AV_PIX_FMT_YUV420P, AV_PIX_FMT_RGB24 } = av.constants;
  const { widthPx, heightPx } = yuv;
  const frame = av.lib.Frame.fromVideoBuffer(yuv.data, {
    width: widthPx,
    height: heightPx,
    format: AV_PIX_FMT_YUV420P,
  });
  frame.colorSpace = yuv.colorSpace;
  frame.colorRange = yuv.colorRange;
  try {
    const rgb = convertedTo(av, frame, AV_PIX_FMT_RGB24);
    try {
      const pixels: Pixels = { data: rgb.toBuffer(), widthPx, heightPx, channels: 3 };
      edit?.(pixels);
      return await encodePixelsJpeg(pixels, quality);
    } finally {
      rgb.free();
    }
  } finally {
    frame.free();
  }
}

/** The caller frees it. */
function convertedTo(av: Av, frame: AvFrame, format: AvFrame['format']): AvFrame {
  const scaler = new av.lib.SoftwareScaleContext();
  scaler.allocContext();
  const converted = new av.lib.Frame();
  converted.alloc();
  converted.format = format;
  converted.width = frame.width;
  converted.height = frame.height;
  const failed = converted.getBuffer() < 0 || scaler.scaleFrameSync(converted, frame) < 0;
  scaler.freeContext();
  if (!failed) return converted;
  converted.free();
  throw new Fault('camera/unknown-pixels', `cannot convert pixel format ${frame.format}`);
}
