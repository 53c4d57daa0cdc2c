import { join } from 'node:path';
import { installationRoot } from '../../config/foundation/installation.ts';
import type { Log } from '../../config/foundation/log.ts';
import { BestFrames } from '../../recognizer/passages/best-frames.ts';
import { FrameGate } from '../../recognizer/passages/frame-gate.ts';
import { Passages } from '../../recognizer/passages/passages.ts';
import { encodeLumaJpeg } from '../../recognizer/picture/encode-jpeg.ts';
import { hideOccupants } from '../../recognizer/picture/hide-occupants.ts';
import { hidePlates } from '../../recognizer/picture/hide-plates.ts';
import { Recognizer } from '../../recognizer/recognizer.ts';
import type { Camera, Frame } from '../cameras/camera.ts';
import { newest } from '../cameras/newest.ts';
import { openCamera } from '../cameras/open-camera.ts';
import { CameraLine } from './camera-line.ts';
import type { CameraWork } from './worker-messages.ts';

const PLATE_JPEG_QUALITY = 90;

/** A camera, its line and what it holds, put together from real parts. */
export interface ComposedLine {
  readonly camera: Camera;
  readonly line: CameraLine;
  readonly bestFrames: BestFrames;
  /** The frames the line should see: all of a replay that need not keep pace, else the newest. */
  frames(signal: AbortSignal): AsyncIterable<Frame>;
  readonly dropped: number;
}

/** Opens the models and puts the line of one camera together. Faults: those of the recogniser. */
export async function composeCameraLine(work: CameraWork, log: Log): Promise<ComposedLine> {
  const { name, source, lanes, regionOfInterest } = work.camera;
  const modelsFolder = work.recognizer.modelsFolder ?? join(installationRoot(), 'recognizer', 'models');
  const recognizer = await Recognizer.open({ ...work.recognizer, modelsFolder });
  const bestFrames = new BestFrames({
    ...work.evidence,
    hideOccupants: work.evidence.occupantsVisible ? undefined : hideOccupants,
    encodePlate: (plate) => encodeLumaJpeg(plate, PLATE_JPEG_QUALITY),
    hidePlates,
  });
  const options = { camera: name, lanes, regionOfInterest, ...work.passages, ...work.recognizer };
  const passages = new Passages(options, recognizer, bestFrames);
  const line = new CameraLine({ gate: new FrameGate({ regionOfInterest }), finder: recognizer, passages });
  let overtaken = 0;
  const camera = openCamera(source, { log, name, onOvertaken: () => overtaken++ });
  const unpaced = 'pace' in source && source.pace === 'fast';
  // It leaves out by itself what is overtaken, and decodes when it is asked for the next.
  const isNewest = source.kind === 'mjpeg';
  let live = { dropped: 0 };
  return {
    camera,
    line,
    bestFrames,
    frames(signal) {
      if (unpaced || isNewest) return camera.frames(signal);
      const frames = newest(camera.frames(signal));
      live = frames;
      return frames;
    },
    get dropped() {
      return live.dropped + overtaken;
    },
  };
}
