import type { Frame as AvFrame, CodecContext, FormatContext, Packet, Stream } from 'node-av/lib';
import { Fault } from '../../config/foundation/fault.ts';
import { MAX_PICTURE_PIXELS } from '../../recognizer/picture/decode-luma.ts';
import { type Av, loadAv } from './av-library.ts';
import { type DecodedPicture, pictureOf } from './av-picture.ts';

/** A file's path or a stream's address, and FFmpeg's options for opening it. */
export interface AvInput {
  readonly address: string;
  /** FFmpeg's name of the format; null probes the content. */
  readonly format: string | null;
  readonly options: Readonly<Record<string, string>>;
}

interface Video {
  readonly stream: Stream;
  readonly decoder: CodecContext;
}

/**
 * Opens, demuxes and decodes the best video stream, in software on one thread off the event loop. Ends with the
 * input or soon after the signal aborts; whatever was opened is freed then.
 * Faults: `camera/unreachable`, `camera/not-video`, `camera/connection-lost`.
 */
export async function* decodedPictures(
  input: AvInput,
  signal: AbortSignal,
): AsyncGenerator<DecodedPicture, void, undefined> {
  const av = await loadAv();
  if (signal.aborted) return;
  const container = new av.lib.FormatContext();
  // Allocated before it is opened: FFmpeg then asks our interrupt from its first wait on, and none gets lost.
  container.allocContext();
  const interrupt = () => container.interrupt();
  signal.addEventListener('abort', interrupt, { once: true });
  let video: Video | null = null;
  try {
    await open(av, container, input);
    video = await openVideo(av, container);
    yield* decode(av, container, video, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', interrupt);
    video?.decoder.freeContext();
    await container.closeInput();
  }
}

async function open(av: Av, container: FormatContext, input: AvInput): Promise<void> {
  const format = input.format === null ? null : av.lib.InputFormat.findInputFormat(input.format);
  const options = av.lib.Dictionary.fromObject(input.options);
  const opened = await container.openInput(input.address, format, options);
  options.free();
  if (opened < 0) throw new Fault('camera/unreachable', `cannot be opened (FFmpeg ${opened})`);
  const probed = await container.findStreamInfo(null);
  if (probed < 0) throw new Fault('camera/not-video', `carries no stream that can be read (FFmpeg ${probed})`);
}

async function openVideo(av: Av, container: FormatContext): Promise<Video> {
  const best = container.findBestStream(av.constants.AVMEDIA_TYPE_VIDEO, -1, -1, true);
  const stream = typeof best === 'number' ? undefined : container.streams[best.streamIndex];
  if (typeof best === 'number' || best.decoder === null || stream === undefined)
    throw new Fault('camera/not-video', 'carries no video that can be decoded');
  const decoder = new av.lib.CodecContext();
  decoder.allocContext3(best.decoder);
  decoder.parametersToContext(stream.codecpar);
  decoder.pktTimebase = stream.timeBase;
  const limits = decoderLimits(av);
  const opened = await decoder.open2(best.decoder, limits);
  limits.free();
  if (opened >= 0) return { stream, decoder };
  decoder.freeContext();
  throw new Fault('camera/not-video', `its decoder cannot be opened (FFmpeg ${opened})`);
}

/** A few hostile bytes can claim a picture of gigabytes; one thread, because each camera has a process of its own. */
function decoderLimits(av: Av) {
  return av.lib.Dictionary.fromObject({ threads: '1', max_pixels: String(MAX_PICTURE_PIXELS) });
}

async function* decode(
  av: Av,
  container: FormatContext,
  video: Video,
  signal: AbortSignal,
): AsyncGenerator<DecodedPicture, void, undefined> {
  const packet = new av.lib.Packet();
  packet.alloc();
  const frame = new av.lib.Frame();
  frame.alloc();
  try {
    while (!signal.aborted) {
      const read = await container.readFrame(packet);
      if (read === av.constants.AVERROR_EOF) break;
      if (read === av.constants.AVERROR_EAGAIN) continue;
      if (read < 0) throw new Fault('camera/connection-lost', `the stream broke (FFmpeg ${read})`);
      yield* decodePacket(av, video, packet, frame);
    }
    if (signal.aborted) return;
    await video.decoder.sendPacket(null);
    yield* finished(av, video, frame);
  } finally {
    frame.free();
    packet.free();
  }
}

/** A packet that the decoder refuses is skipped: the next key frame mends the picture. */
async function* decodePacket(av: Av, video: Video, packet: Packet, frame: AvFrame): AsyncGenerator<DecodedPicture> {
  const ours = packet.streamIndex === video.stream.index;
  const sent = ours ? await video.decoder.sendPacket(packet) : -1;
  packet.unref();
  if (sent >= 0) yield* finished(av, video, frame);
}

async function* finished(av: Av, video: Video, frame: AvFrame): AsyncGenerator<DecodedPicture> {
  while ((await video.decoder.receiveFrame(frame)) >= 0) {
    const picture = pictureOf(av, frame, streamMs(av, video, frame));
    frame.unref();
    yield picture;
  }
}

function streamMs(av: Av, video: Video, frame: AvFrame): number | null {
  const pts = frame.bestEffortTimestamp;
  if (pts === av.constants.AV_NOPTS_VALUE) return null;
  const { num, den } = video.stream.timeBase;
  return (Number(pts) * num * 1000) / den;
}
