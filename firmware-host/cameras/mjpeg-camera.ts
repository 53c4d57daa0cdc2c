import { Fault } from '../../config/foundation/fault.ts';
import type { Camera } from './camera.ts';
import type { CameraContext, Picture } from './camera-context.ts';
import { type CredentialFiles, type Credentials, readCredentials } from './credentials.ts';
import { LiveCamera } from './live-camera.ts';
import { multipartParts, type Part } from './multipart-parts.ts';
import { newest } from './newest.ts';
import { stillPicture } from './still-picture.ts';

/** Motion JPEG over HTTP: one endless multipart response, a JPEG a part. */
export interface MjpegSource extends CredentialFiles {
  readonly kind: 'mjpeg';
  readonly url: string;
}

/** A 4K JPEG of the best quality has about 6 MB. */
const MAX_PART_BYTES = 16 * 1024 * 1024;

/**
 * A camera that reads Motion JPEG; frames carry the time of their arrival, since the stream has no other. Decoding takes as long
 * as all that comes after it: done before the newest is chosen, a busy processor would decode for nothing and fall behind the
 * road, the pictures piling up in the connection.
 */
export function mjpegCamera(source: MjpegSource, context: CameraContext): Camera {
  return new LiveCamera(context, (signal) => pictures(source, context, signal));
}

/** What it leaves open (an answer that is no stream, too) the connection's signal closes. */
async function* pictures(source: MjpegSource, context: CameraContext, signal: AbortSignal): AsyncGenerator<Picture> {
  const now = context.now ?? Date.now;
  const response = await request(source.url, await readCredentials(source), signal);
  if (response.body === null) return;
  const parts = arriving(multipartParts(unbroken(response.body), boundaryOf(response), MAX_PART_BYTES), now);
  const wanted = context.onOvertaken === undefined ? parts : newest(parts, context.onOvertaken);
  for await (const { bytes, timeMs } of wanted) {
    const picture = await readable(bytes, timeMs);
    if (signal.aborted) return;
    if (picture !== null) yield picture;
  }
}

interface Arrived {
  readonly bytes: Uint8Array;
  readonly timeMs: number;
}

async function* arriving(parts: AsyncIterable<Part>, now: () => number): AsyncGenerator<Arrived> {
  for await (const { body } of parts) yield { bytes: body, timeMs: now() };
}

async function request(url: string, credentials: Credentials | null, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { accept: 'multipart/x-mixed-replace' };
  if (credentials !== null)
    headers.authorization = `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
  let response: Response;
  try {
    response = await fetch(url, { signal, headers });
  } catch (cause) {
    throw new Fault('camera/unreachable', 'the camera does not answer', { cause });
  }
  if (response.ok) return response;
  if (response.status === 401 || response.status === 403)
    throw new Fault('camera/not-authorised', `the camera answered ${response.status}`);
  throw new Fault('camera/http-status', `the camera answered ${response.status}`);
}

function boundaryOf(response: Response): string {
  const contentType = response.headers.get('content-type') ?? '';
  const boundary = /^multipart\/[^;]+;.*\bboundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const value = boundary?.[1] ?? boundary?.[2];
  if (value !== undefined && value.length <= 200) return value;
  throw new Fault('camera/not-mjpeg', `the camera sends ${contentType.slice(0, 100) || 'no content type'}`);
}

/** A connection that breaks is a fault like any other, not an error of the HTTP client. */
async function* unbroken(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw new Fault('camera/connection-lost', 'the connection broke', { cause });
  }
}

/** Null for a part that is no whole picture; when nothing else comes any more, the stall limit ends the connection. */
async function readable(bytes: Uint8Array, timeMs: number): Promise<Picture | null> {
  try {
    return await stillPicture(bytes, timeMs);
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}
