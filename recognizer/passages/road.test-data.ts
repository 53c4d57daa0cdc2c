import type { Luma } from '../luma.ts';
import type { Corners, PlateRead, Spelling } from '../plate.ts';
import { BestFrames } from './best-frames.ts';
import type { Passage } from './passage.ts';
import { type FoundPlate, Passages, type PassagesOptions, type PlateReader } from './passages.ts';
import { placeOf } from './plate-geometry.ts';

const WIDTH = 1280;
const HEIGHT = 720;
/** Every part of it is readable, so that where a plate is decides nothing by accident. */
export const STRIPES: Luma = {
  data: Uint8Array.from({ length: WIDTH * HEIGHT }, (_, at) => ((at % WIDTH) % 10 < 5 ? 40 : 180)),
  widthPx: WIDTH,
  heightPx: HEIGHT,
  strideBytes: WIDTH,
};

export const OPTIONS: PassagesOptions = {
  camera: 'north',
  lanes: [],
  closeAfterMs: 1000,
  decideAbove: 0.999,
  maxReads: 8,
  minPlateProbability: 0.5,
  spellings: 64,
  spellingFloor: 1e-6,
};

export interface Vehicle {
  readonly text: string;
  /** Where the plate is so many milliseconds after the drive began, and how wide; null where the vehicle is not in the picture. */
  at(ms: number): { readonly x: number; readonly y: number; readonly widthPx: number } | null;
  /** What the reader makes of it in this frame; by default its text, nearly surely. */
  read?(ms: number): readonly Spelling[];
  readonly plateProbability?: number;
}

export const sure = (text: string): Spelling[] => [{ text, probability: 0.97 }];

/** A vehicle that comes down the picture from the top in `tripMs`, its plate growing from 60 to 150 pixels. */
export function coming(text: string, x: number, fromMs: number, tripMs: number, more: Partial<Vehicle> = {}): Vehicle {
  return {
    text,
    at(ms) {
      const part = (ms - fromMs) / tripMs;
      return part < 0 || part > 1 ? null : { x: x + part * 40, y: 60 + part ** 1.4 * 600, widthPx: 60 + 90 * part };
    },
    ...more,
  };
}

export function cornersAt({ x, y, widthPx }: { x: number; y: number; widthPx: number }): Corners {
  const [w, h] = [widthPx / 2, widthPx / 8];
  return [
    [x - w, y - h],
    [x + w, y - h],
    [x + w, y + h],
    [x - w, y + h],
  ];
}

/** Keeps pictures that show nothing. */
export function emptyPictures(more: { readonly holdMs?: number; readonly mostFrames?: number } = {}): BestFrames {
  return new BestFrames({
    holdMs: 5000,
    sceneQuality: 80,
    encodePlate: async () => new Uint8Array(1),
    hidePlates: () => undefined,
    ...more,
  });
}

/** A road, a detector that finds every plate unless told to miss it, and a reader that reads what stands there. */
export async function drive(
  vehicles: readonly Vehicle[],
  how: {
    fps?: number;
    ms?: number;
    options?: Partial<PassagesOptions>;
    misses?: (frame: number) => boolean;
    readAgain?: PlateReader['readAgain'];
    /** In which outline a plate that was found so is read best. */
    outline?: (found: Corners) => Corners;
  } = {},
) {
  const { fps = 25, ms: lastMs = 4000, options = {}, misses = () => false } = how;
  const { readAgain = async (_, read) => read, outline = (found) => found } = how;
  let quadsRead = 0;
  let nowMs = 0;
  const reader = {
    async readQuads(_luma: Luma, quads: readonly FoundPlate[]): Promise<readonly PlateRead[]> {
      quadsRead += quads.length;
      return quads.map(({ corners }) => {
        const { x, y } = placeOf(corners);
        const vehicle = vehicles.find((one) => {
          const place = one.at(nowMs);
          return place !== null && Math.hypot(place.x - x, place.y - y) < 2;
        });
        const spellings = vehicle === undefined ? [] : (vehicle.read?.(nowMs) ?? sure(vehicle.text));
        const countries = [{ country: 'NL', probability: 1 }];
        const plateProbability = vehicle?.plateProbability ?? 1;
        const seen = { spellings, countries };
        return { corners, outline: outline(corners), plateProbability, rows: 1, spellings, countries, seen };
      });
    },
    readAgain,
  };
  const evidence = emptyPictures({ holdMs: 60_000, mostFrames: 1000 });
  const passages = new Passages({ ...OPTIONS, ...options }, reader, evidence);
  const reported: (Passage & { readonly atMs: number })[] = [];
  for (let frame = 0; frame * (1000 / fps) <= lastMs; frame++) {
    nowMs = frame * (1000 / fps);
    const found = vehicles.flatMap((vehicle) => {
      const place = misses(frame) ? null : vehicle.at(nowMs);
      return place === null ? [] : [{ corners: cornersAt(place), score: 0.9 }];
    });
    const picture = { luma: STRIPES, timeMs: 1_700_000_000_000 + nowMs, toJpeg: async () => new Uint8Array(1) };
    for (const passage of await passages.add(picture, found)) reported.push({ ...passage, atMs: nowMs });
  }
  for (const passage of await passages.close()) reported.push({ ...passage, atMs: lastMs });
  const texts = reported.map(({ spellings }) => spellings[0]?.text);
  return { reported, texts, quadsRead, evidence };
}
