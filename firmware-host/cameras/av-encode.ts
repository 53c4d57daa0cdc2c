import type { CodecContext, FormatContext, Packet, Stream } from 'node-av/lib';
import { Fault } from '../../config/foundation/fault.ts';
import type { Luma } from '../../recognizer/luma.ts';
import { type Av, loadAv } from './av-library.ts';

export interface VideoEncoding {
  readonly framesPerSecond: number;
  /** x264's constant rate factor: 0 is lossless, 18 cannot be told from the original, 35 is a poor camera. */
  readonly rateFactor?: number;
}

interface Recording {
  readonly container: FormatContext;
  readonly encoder: CodecContext;
  readonly stream: Stream;
  readonly packet: Packet;
}

/**
 * Writes grey frames of one size as an H.264 video; the path's ending names the container (`.mp4`, `.mkv`) or, with
 * `.h264`, the bare stream. A key frame a second, no B frames, as roadside cameras send it. Fault: `video/not-written`.
 */
export async function encodeVideo(
  path: string,
  frames: AsyncIterable<Luma> | Iterable<Luma>,
  encoding: VideoEncoding,
): Promise<void> {
  const av = await loadAv();
  let recording: Recording | null = null;
  let count = 0;
  try {
    for await (const luma of frames) {
      recording ??= await begin(av, path, luma, encoding);
      await sendFrame(av, recording, luma, count++);
      await writePackets(av, recording);
    }
    if (recording === null) throw new Fault('video/not-written', 'a video needs at least one frame');
    checked(await recording.encoder.sendFrame(null), 'flush');
    await writePackets(av, recording);
    checked(await recording.container.writeTrailer(), 'trailer');
  } finally {
    if (recording !== null) await close(recording);
  }
}

async function begin(av: Av, path: string, first: Luma, encoding: VideoEncoding): Promise<Recording> {
  const codec = av.lib.Codec.findEncoderByName(av.constants.FF_ENCODER_LIBX264);
  if (codec === null) throw new Fault('video/not-written', 'this build of FFmpeg has no H.264 encoder');
  const { Rational } = av.lib;
  const encoder = new av.lib.CodecContext();
  encoder.allocContext3(codec);
  encoder.width = first.widthPx;
  encoder.height = first.heightPx;
  encoder.pixelFormat = av.constants.AV_PIX_FMT_YUV420P;
  // Microseconds, so that 12.5 frames a second need no rational arithmetic of our own.
  encoder.timeBase = new Rational(Math.round(1e6 / encoding.framesPerSecond), 1_000_000);
  encoder.framerate = new Rational(1_000_000, Math.round(1e6 / encoding.framesPerSecond));
  encoder.gopSize = Math.max(1, Math.round(encoding.framesPerSecond));
  encoder.maxBFrames = 0;
  if (!path.endsWith('.h264')) encoder.setFlags(av.constants.AV_CODEC_FLAG_GLOBAL_HEADER);
  const options = av.lib.Dictionary.fromObject({
    preset: 'ultrafast',
    crf: String(encoding.rateFactor ?? 18),
    threads: '1',
  });
  const opened = await encoder.open2(codec, options);
  options.free();
  checked(opened, 'encoder');

  const container = new av.lib.FormatContext();
  checked(container.allocOutputContext2(null, null, path), 'container');
  const stream = container.newStream(null);
  checked(stream.codecpar.fromContext(encoder), 'parameters');
  stream.timeBase = encoder.timeBase;
  stream.avgFrameRate = encoder.framerate;
  checked(await container.openOutput(), 'file');
  checked(await container.writeHeader(null), 'header');
  const packet = new av.lib.Packet();
  packet.alloc();
  return { container, encoder, stream, packet };
}

async function sendFrame(av: Av, { encoder }: Recording, luma: Luma, index: number): Promise<void> {
  const { width, height } = encoder;
  if (luma.widthPx !== width || luma.heightPx !== height)
    throw new Fault('video/not-written', 'the frames differ in size');
  const planes = Buffer.alloc(width * height + 2 * Math.ceil(width / 2) * Math.ceil(height / 2), 128);
  for (let y = 0; y < height; y++)
    planes.set(luma.data.subarray(y * luma.strideBytes, y * luma.strideBytes + width), y * width);
  const frame = av.lib.Frame.fromVideoBuffer(planes, {
    width,
    height,
    format: av.constants.AV_PIX_FMT_YUV420P,
    timeBase: encoder.timeBase,
    pts: BigInt(index),
  });
  const sent = await encoder.sendFrame(frame);
  frame.free();
  checked(sent, 'frame');
}

async function writePackets(av: Av, { container, encoder, stream, packet }: Recording): Promise<void> {
  for (;;) {
    const received = await encoder.receivePacket(packet);
    if (received === av.constants.AVERROR_EAGAIN || received === av.constants.AVERROR_EOF) return;
    checked(received, 'packet');
    packet.rescaleTs(encoder.timeBase, stream.timeBase);
    packet.streamIndex = stream.index;
    checked(await container.interleavedWriteFrame(packet), 'packet');
  }
}

async function close({ container, encoder, packet }: Recording): Promise<void> {
  packet.free();
  encoder.freeContext();
  await container.closeOutput();
  container.freeContext();
}

function checked(result: number, what: string): void {
  if (result < 0) throw new Fault('video/not-written', `${what} failed (FFmpeg ${result})`);
}
