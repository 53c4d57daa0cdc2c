import type { Log } from '../../config/foundation/log.ts';
import { within } from '../../config/foundation/pause.ts';
import type { CameraSettings } from '../../config/node-settings.ts';
import type { Frame } from '../cameras/camera.ts';
import { openCamera } from '../cameras/open-camera.ts';
import { elsewhere } from './elsewhere.ts';
import { type Finding, fail, ok } from './finding.ts';

const adviceOf: Readonly<Record<CameraSettings['source']['kind'], string>> = {
  rtsp: 'check power, network and address of the camera, and its user name and password',
  mjpeg: 'check power, network and address of the camera, and its user name and password',
  video: 'check that the file is there and plays elsewhere',
  folder: 'check that the folder is there and holds JPEG or PNG pictures',
};

/** Opens the camera and waits for one picture, which is looked at for its size and no more. */
export async function checkCamera({ name, source }: CameraSettings, deadlineMs: number): Promise<Finding> {
  const item = `camera ${name}`;
  const advice = adviceOf[source.kind];
  const away = 'usernameFile' in source ? elsewhere(item, [source.usernameFile, source.passwordFile]) : null;
  if (away !== null) return away;
  let trouble: string | null = null;
  const log: Log = {
    event(level, event, fields) {
      if (level === 'warn' || level === 'error') trouble = String(fields?.code ?? event);
    },
  };
  const stop = new AbortController();
  const frames = openCamera(source, { log, name }).frames(stop.signal)[Symbol.asyncIterator]();
  try {
    const first = await within(frames.next(), deadlineMs, null);
    if (first === null) return fail(item, `no picture in ${deadlineMs / 1000} s${because(trouble)}`, advice);
    if (first.done) return fail(item, `no picture in it${because(trouble)}`, advice);
    const { luma }: Frame = first.value;
    return ok(item, `${luma.widthPx} x ${luma.heightPx} from ${source.kind}`);
  } catch (error) {
    // Whatever an adapter throws is this camera's finding, and the other items are still to be looked at.
    return fail(item, error instanceof Error ? error.message : String(error), advice);
  } finally {
    stop.abort();
    await within(
      Promise.resolve(frames.return?.()).catch(() => undefined),
      5_000,
      undefined,
    );
  }
}

function because(trouble: string | null): string {
  return trouble === null ? '' : ` (${trouble})`;
}
