import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeRgbJpeg } from '../../recognizer/picture/encode-jpeg.ts';
import { FRAME_HEIGHT_PX, FRAME_WIDTH_PX } from './camera-view.ts';
import { MotorwayScene, type PlateSighting } from './motorway-scene.ts';
import type { Scene } from './paint.ts';
import { DEMO_FRAMES_PER_SECOND, type DemoVehicle, demoScript } from './sequence.ts';

/** One picture of the motorway, and where the plates in it are. */
export interface DemoFrame {
  readonly index: number;
  readonly jpeg: Uint8Array;
  readonly plates: readonly PlateSighting[];
}

/** What a rendered sequence truly shows, for whoever wants to check what was read. */
export interface DemoTruth {
  readonly scene: Scene;
  readonly framesPerSecond: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly frames: number;
  readonly vehicles: readonly DemoVehicle[];
  readonly sightings: readonly {
    readonly frame: number;
    readonly text: string;
    readonly corners: PlateSighting['corners'];
  }[];
}

export interface DemoFramesOptions {
  readonly scene: Scene;
  readonly seconds: number;
  /** Another traffic than the usual. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /**
   * The frame to draw after the one just taken; null ends. A live camera leaves out what it is too late for, as real
   * cameras do. Without it every frame is drawn.
   */
  readonly next?: (index: number) => number | null;
  /** The scene's road, where it was prepared already. */
  readonly motorway?: MotorwayScene;
}

const JPEG_QUALITY = 88;

/** Draws a scene frame by frame, 12.5 a second, 1280 x 720, each when it is asked for. */
export async function* demoFrames(options: DemoFramesOptions): AsyncGenerator<DemoFrame, void, undefined> {
  const { scene, seconds, signal } = options;
  const next = options.next ?? ((index: number): number => index + 1);
  const motorway = options.motorway ?? (await MotorwayScene.prepare(scene));
  const vehicles = demoScript(scene, seconds, options.seed);
  const frames = Math.floor(seconds * DEMO_FRAMES_PER_SECOND);
  for (let index: number | null = 0; index !== null && index < frames; index = next(index)) {
    if (signal?.aborted) return;
    const { picture, plates } = await motorway.frame(vehicles, index / DEMO_FRAMES_PER_SECOND);
    const jpeg = await encodeRgbJpeg({ ...picture, data: new Uint8Array(picture.data.buffer) }, JPEG_QUALITY);
    yield { index, jpeg, plates };
  }
}

/**
 * Writes a scene as `frame-000000.jpg` and so on; a file is there whole or not at all, so that a reader may follow.
 * Stops early, without a fault, when the signal aborts.
 */
export async function renderDemoFrames(
  folder: string,
  options: Omit<DemoFramesOptions, 'next'> & { readonly onFrame?: (frame: DemoFrame) => void },
): Promise<DemoTruth> {
  await mkdir(folder, { recursive: true });
  const sightings: { frame: number; text: string; corners: PlateSighting['corners'] }[] = [];
  let frames = 0;
  for await (const frame of demoFrames(options)) {
    const path = join(folder, `frame-${String(frame.index).padStart(6, '0')}.jpg`);
    await writeFile(`${path}.part`, frame.jpeg);
    await rename(`${path}.part`, path);
    for (const { vehicle, corners } of frame.plates)
      sightings.push({ frame: frame.index, text: vehicle.text, corners });
    frames += 1;
    options.onFrame?.(frame);
  }
  return {
    scene: options.scene,
    framesPerSecond: DEMO_FRAMES_PER_SECOND,
    widthPx: FRAME_WIDTH_PX,
    heightPx: FRAME_HEIGHT_PX,
    frames,
    vehicles: demoScript(options.scene, options.seconds, options.seed),
    sightings,
  };
}
