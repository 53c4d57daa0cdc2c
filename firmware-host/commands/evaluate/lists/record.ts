import { basename, dirname } from 'node:path';
import type { Luma } from '../../../../recognizer/luma.ts';
import { wholePicture } from '../../../../recognizer/outlines.ts';
import { readabilityOf } from '../../../../recognizer/passages/readability.ts';
import { decodeLuma } from '../../../../recognizer/picture/decode-luma.ts';
import { loadPicture } from '../../../../recognizer/picture/load-picture.ts';
import type { PlateRead } from '../../../../recognizer/plate.ts';
import type { Recognizer } from '../../../../recognizer/recognizer.ts';
import { borderTraffic } from '../../../../sync/lists/traffic/plate-population.ts';
import { seededRandom } from '../../../demo/seeded-random.ts';
import { filesOfPart, type LabelledPicture, labelledPictures } from '../labels.ts';
import { scorePicture } from '../scoring.ts';
import { LookedAtVehicle } from './looked-at-vehicle.ts';
import { countRecorded, lookOf, type RecordedLook, RecordingWriter } from './recording.ts';
import { renderedLooks } from './rendered-looks.ts';

export interface RecordingJob {
  readonly file: string;
  readonly recognizer: Recognizer;
  readonly onProgress: (done: number, of: number, set: string) => void;
}

/** The rendered passages are always the same. */
const seed = 20_261_123;

/** Records rendered passages until the file holds `count` of them; those that it holds already stay. */
export async function recordRendered(job: RecordingJob, count: number, python: string): Promise<void> {
  const set = 'rendered';
  const from = await countRecorded(job.file, set);
  const random = seededRandom(seed);
  const traffic = borderTraffic();
  const plates = Array.from({ length: Math.max(from, count) }, () => traffic.draw(random)).slice(from, count);
  const writer = new RecordingWriter(job.file);
  let vehicle = new LookedAtVehicle(job.recognizer);
  let done = from;
  const finish = async () => {
    const plate = plates[done - from];
    if (plate !== undefined)
      await writer.add({ set, text: plate.text, country: plate.country, looks: await vehicle.looks() });
    vehicle = new LookedAtVehicle(job.recognizer);
    done += 1;
    job.onProgress(done, count, set);
  };
  try {
    if (plates.length === 0) return;
    for await (const { index, timeMs, luma, corners } of renderedLooks({ python, seed, from, plates })) {
      while (done < index) await finish();
      await vehicle.look(luma, corners, timeMs);
    }
    await finish();
  } finally {
    await writer.close();
  }
}

/** Labelled photographs; `crops` are plates already cut out. */
export interface Photographs {
  readonly folder: string;
  readonly crops: boolean;
  /** Take only the part of the split file (name, tab, part). */
  readonly split: string | undefined;
  readonly part: string;
}

/** Records the labelled plates of a folder, each as a passage of one look. */
export async function recordPhotos(job: RecordingJob, { folder, crops, split, part }: Photographs): Promise<void> {
  const set = setName(folder);
  if ((await countRecorded(job.file, set)) > 0) return;
  const wanted = split === undefined ? null : await filesOfPart(split, part);
  const pictures = (await labelledPictures(folder)).filter(({ file }) => wanted?.has(file) ?? true);
  const writer = new RecordingWriter(job.file);
  try {
    for (const [at, picture] of pictures.entries()) {
      const luma = await decodeLuma(await loadPicture(picture.path));
      for (const { plate, read } of await readPlates(job.recognizer, picture, luma, crops)) {
        const looks = read === null ? [] : [await lookAt(job.recognizer, luma, read, crops)];
        await writer.add({ set, text: plate.text, country: plate.country, looks });
      }
      job.onProgress(at + 1, pictures.length, set);
    }
  } finally {
    await writer.close();
  }
}

async function readPlates(recognizer: Recognizer, picture: LabelledPicture, luma: Luma, crops: boolean) {
  // As a node does, which keeps where each plate was found.
  if (!crops)
    return scorePicture(picture.plates, await recognizer.readQuads(luma, await recognizer.detect(luma))).plates;
  const read = await recognizer.readCrop(luma);
  return picture.plates.filter(({ unscored }) => !unscored).map((plate) => ({ plate, read }));
}

/** One look, read again as a node does before it reports a passage; its readability is that of where the plate was found. */
async function lookAt(recognizer: Recognizer, luma: Luma, read: PlateRead, crop: boolean): Promise<RecordedLook> {
  const again = await (crop ? recognizer.readCropAgain(luma, read) : recognizer.readAgain(luma, read));
  const found = crop ? wholePicture(luma) : read.corners;
  return lookOf({ read: again, timeMs: 0, readability: readabilityOf(luma, found) });
}

/** `eu-plates/val` and the like: a bare `val` says nothing. */
function setName(folder: string): string {
  const name = basename(folder);
  return name === 'val' ? `${basename(dirname(folder))}/${name}` : name;
}
