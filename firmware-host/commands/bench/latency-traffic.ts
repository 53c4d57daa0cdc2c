import { join } from 'node:path';
import { renderDemoFrames } from '../../demo/demo-frames.ts';
import { MotorwayScene } from '../../demo/motorway-scene.ts';
import { DEMO_FRAMES_PER_SECOND, type DemoVehicle } from '../../demo/sequence.ts';

/** What the cameras of the benchmark film. */
export interface Traffic {
  /** Files of each camera's film. */
  readonly films: readonly (readonly string[])[];
  readonly framesPerSecond: number;
  readonly vehicles: readonly DemoVehicle[];
}

const SCENES = ['day', 'night'] as const;

/**
 * Draws a film of the motorway by day and one by night, so that drawing takes no time while the benchmark runs. The cameras
 * share them in turn; whoever shows a film that another shows as well begins in another place.
 */
export async function drawTraffic(
  folder: string,
  { cameras, seconds, onFrame }: { readonly cameras: number; readonly seconds: number; readonly onFrame: () => void },
): Promise<Traffic> {
  const drawn: { files: readonly string[]; vehicles: readonly DemoVehicle[] }[] = [];
  for (const scene of SCENES.slice(0, cameras)) {
    const files: string[] = [];
    const place = join(folder, scene);
    const motorway = await MotorwayScene.prepare(scene);
    const { vehicles } = await renderDemoFrames(place, {
      scene,
      seconds,
      motorway,
      onFrame({ index }) {
        files.push(join(place, `frame-${String(index).padStart(6, '0')}.jpg`));
        onFrame();
      },
    });
    drawn.push({ files, vehicles });
  }
  const films = Array.from({ length: cameras }, (_, camera) => {
    const files = drawn[camera % drawn.length]?.files ?? [];
    return rotated(
      files,
      Math.floor((files.length * Math.floor(camera / drawn.length)) / Math.ceil(cameras / drawn.length)),
    );
  });
  return { films, framesPerSecond: DEMO_FRAMES_PER_SECOND, vehicles: drawn.flatMap(({ vehicles }) => vehicles) };
}

function rotated<T>(items: readonly T[], by: number): readonly T[] {
  return [...items.slice(by), ...items.slice(0, by)];
}
