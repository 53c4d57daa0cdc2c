import { readFile } from 'node:fs/promises';
import { Fault } from '../../../config/foundation/fault.ts';
import { encodeRgbJpeg } from '../../../recognizer/picture/encode-jpeg.ts';
import type { Corners } from '../../../recognizer/plate.ts';
import { MotorwayScene, type PlateSighting } from '../../demo/motorway-scene.ts';
import { demoScript } from '../../demo/sequence.ts';
import { pictureSources } from '../read/picture-sources.ts';

/** A JPEG or other picture file, and where its plates are when that is known. */
export interface BenchPicture {
  readonly bytes: Uint8Array;
  readonly plates: readonly Corners[];
}

const SCENE_SECONDS = 12;

/** Pictures of the demo's motorway by day and night, 1280 x 720, always the same. */
export async function renderedPictures(count: number): Promise<readonly BenchPicture[]> {
  const pictures: BenchPicture[] = [];
  for (const scene of ['day', 'night'] as const) {
    const road = await MotorwayScene.prepare(scene);
    const vehicles = demoScript(scene, SCENE_SECONDS);
    const wanted = scene === 'day' ? Math.ceil(count / 2) : Math.floor(count / 2);
    for (let i = 0; i < wanted; i++) {
      const { picture, plates } = await road.frame(vehicles, 2 + ((SCENE_SECONDS - 4) * i) / wanted);
      const { data, widthPx, heightPx } = picture;
      const rgb = { data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength), widthPx, heightPx };
      pictures.push({ bytes: await encodeRgbJpeg(rgb, 90), plates: plates.flatMap(cornersOf) });
    }
  }
  return pictures;
}

/** The pictures of a folder, as many as wanted, without knowledge of their plates. Fault: `bench/no-pictures`. */
export async function folderPictures(folder: string, count: number): Promise<readonly BenchPicture[]> {
  const sources = (await pictureSources(folder)).filter(({ kind }) => kind === 'picture').slice(0, count);
  if (sources.length === 0)
    throw new Fault('bench/no-pictures', `${folder} has no pictures (JPEG, PNG or WebP) to measure with`);
  return await Promise.all(sources.map(async ({ path }) => ({ bytes: await readFile(path), plates: [] })));
}

function cornersOf({ corners }: PlateSighting): readonly Corners[] {
  const [a, b, c, d] = corners;
  return a && b && c && d ? [[a, b, c, d]] : [];
}
