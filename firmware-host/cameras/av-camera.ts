import { type AvInput, decodedPictures } from './av-input.ts';
import type { Camera } from './camera.ts';
import { type CameraContext, type Picture, RECONNECT_TIMING } from './camera-context.ts';
import { type CredentialFiles, readCredentials } from './credentials.ts';
import { LiveCamera } from './live-camera.ts';
import { type Play, ReplayCamera } from './replay-camera.ts';
import { StreamClock } from './stream-clock.ts';

/** A network camera: H.264, H.265 or Motion JPEG over RTSP. */
export interface RtspSource extends CredentialFiles {
  readonly kind: 'rtsp';
  readonly url: string;
}

/** A recorded video file. */
export interface VideoSource {
  readonly kind: 'video';
  readonly path: string;
  /** `fast` decodes as quickly as the consumer asks; the frames' times keep the recording's distances either way. */
  readonly pace: 'realtime' | 'fast';
  readonly loop: boolean;
}

/** An RTSP camera, over TCP alone: a frame with lost packets would be read wrongly rather than not at all. */
export function rtspCamera(source: RtspSource, context: CameraContext): Camera {
  return new LiveCamera(context, (signal) => rtspPictures(source, context, signal));
}

async function* rtspPictures(source: RtspSource, context: CameraContext, signal: AbortSignal): AsyncGenerator<Picture> {
  const now = context.now ?? Date.now;
  const clock = new StreamClock();
  for await (const picture of decodedPictures(await rtspInput(source, context), signal)) {
    const timeMs = clock.timeOf(picture.streamMs, now());
    yield { luma: picture.luma, timeMs, toJpeg: picture.toJpeg };
  }
}

async function rtspInput(source: RtspSource, context: CameraContext): Promise<AvInput> {
  const url = new URL(source.url);
  const credentials = await readCredentials(source);
  if (credentials !== null) {
    url.username = encodeURIComponent(credentials.username);
    url.password = encodeURIComponent(credentials.password);
  }
  const stallMs = context.reconnect?.stallMs ?? RECONNECT_TIMING.stallMs;
  return {
    address: url.href,
    format: 'rtsp',
    options: {
      rtsp_transport: 'tcp',
      allowed_media_types: 'video',
      protocol_whitelist: 'rtp,tcp,tls',
      timeout: String(Math.min(stallMs * 1000, MAX_TIMEOUT_US)),
      analyzeduration: '2000000',
      fpsprobesize: '0',
    },
  };
}

/** FFmpeg takes its time limit in microseconds as a 32-bit number. */
const MAX_TIMEOUT_US = 2_000_000_000;

/** Formats that hold one recording; playlists are left out, because they name further files and addresses. */
const VIDEO_FORMATS = 'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,h264,hevc,mjpeg,ogg';

/** Replays a video file. Faults of `frames`: those of `decodedPictures`, and `camera/no-pictures`. */
export function videoCamera({ path, pace, loop }: VideoSource, context: CameraContext): Camera {
  const play: Play = (beginsMs, signal) => videoPictures(path, beginsMs, signal);
  return new ReplayCamera(context, { path, pace, loop, stepMs: USUAL_STEP_MS, play });
}

async function* videoPictures(path: string, beginsMs: number, signal: AbortSignal): AsyncGenerator<Picture> {
  const options = { protocol_whitelist: 'file', format_whitelist: VIDEO_FORMATS };
  const input = { address: `file:${path}`, format: null, options };
  let firstMs: number | null = null;
  let timeMs = beginsMs - USUAL_STEP_MS;
  for await (const picture of decodedPictures(input, signal)) {
    firstMs ??= picture.streamMs;
    if (picture.streamMs === null || firstMs === null) timeMs += USUAL_STEP_MS;
    else timeMs = beginsMs + picture.streamMs - firstMs;
    yield { luma: picture.luma, timeMs, toJpeg: picture.toJpeg };
  }
}

/** Between two pictures without timestamps, and between the rounds of a loop. */
const USUAL_STEP_MS = 40;
